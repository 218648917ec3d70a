// SPDX-License-Identifier: MIT
#pragma once

// Makes any allocation of this program fail: those of operator new, which is replaced, and those of
// Eigen, whose headers are read with malloc, realloc and free renamed. So this page comes first in
// the one source file of a program. What the run-time system allocates for itself (thread stacks,
// exceptions in flight) is left alone.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SSE__)
#include <immintrin.h>  // uses malloc, and must see the real one
#endif

namespace failing_allocation {

inline std::atomic<long> live{0};        // blocks that are allocated now
inline std::atomic<long> countdown{-1};  // allocations until one fails; negative: none will

/// Fails one allocation, the one after `successes` others, for as long as it lives.
class Failure {
 public:
  explicit Failure(long successes) { countdown = successes; }
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;
  ~Failure() { countdown = -1; }

  [[nodiscard]] bool happened() const { return countdown < 0; }
};

inline bool is_due() { return countdown >= 0 && countdown.fetch_sub(1) == 0; }

inline void* allocate(std::size_t size) {
  void* memory = is_due() ? nullptr : std::malloc(size > 0 ? size : 1);
  if (memory) ++live;
  return memory;
}
inline void* allocate(std::size_t size, std::size_t alignment) {
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  void* memory = is_due() ? nullptr : std::aligned_alloc(alignment, whole);
  if (memory) ++live;
  return memory;
}
inline void* reallocate(void* memory, std::size_t size) {
  if (!memory) return allocate(size);
  return is_due() ? nullptr : std::realloc(memory, size);
}
inline void release(void* memory) {
  if (memory) --live;
  std::free(memory);
}

}  // namespace failing_allocation

// All forms are replaced: a sanitizer brings its own where the standard library would fall back to
// the first two.
void* operator new(std::size_t size) {
  if (void* memory = failing_allocation::allocate(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  if (void* memory = failing_allocation::allocate(size, static_cast<std::size_t>(alignment)))
    return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return operator new(size, alignment);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return failing_allocation::allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return failing_allocation::allocate(size);
}
void operator delete(void* memory) noexcept { failing_allocation::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { failing_allocation::release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept {
  failing_allocation::release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  failing_allocation::release(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  failing_allocation::release(memory);
}
void operator delete[](void* memory) noexcept { failing_allocation::release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { failing_allocation::release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept {
  failing_allocation::release(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  failing_allocation::release(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  failing_allocation::release(memory);
}

// Eigen says std::malloc, so the new names have to be found there too.
namespace std {
inline void* unlabeled_test_malloc(size_t size) { return failing_allocation::allocate(size); }
inline void* unlabeled_test_realloc(void* memory, size_t size) {
  return failing_allocation::reallocate(memory, size);
}
inline void unlabeled_test_free(void* memory) { failing_allocation::release(memory); }
}  // namespace std
using std::unlabeled_test_free;
using std::unlabeled_test_malloc;
using std::unlabeled_test_realloc;

#define malloc unlabeled_test_malloc
#define realloc unlabeled_test_realloc
#define free unlabeled_test_free
#include <Eigen/Core>
#undef malloc
#undef realloc
#undef free
