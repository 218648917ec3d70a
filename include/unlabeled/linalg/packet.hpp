// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include "unlabeled/core/types.hpp"

// The one door to Eigen's packet layer (SSE, AVX, AVX-512, NEON, or plain scalars where there is no
// vector unit). The layer is internal to Eigen, so nothing else in the library may name it.

namespace unlabeled::detail {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // a vector type as template argument
#endif

/// As many values of S as one vector register holds.
template <Real S> using Packet = typename Eigen::internal::packet_traits<S>::type;

template <Real S>
inline constexpr Index packet_size = Eigen::internal::unpacket_traits<Packet<S>>::size;

/// Buffers that packets are loaded from start at a cache line.
inline constexpr Index cache_line_bytes = 64;

template <Real S> EIGEN_ALWAYS_INLINE Packet<S> load(const S* from) {
  return Eigen::internal::ploadu<Packet<S>>(from);
}
template <Real S> EIGEN_ALWAYS_INLINE void store(S* to, const Packet<S>& packet) {
  Eigen::internal::pstoreu(to, packet);
}
/// One value in every lane.
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> broadcast(S value) {
  return Eigen::internal::pset1<Packet<S>>(value);
}

// Arithmetic, lane by lane. S is named by the caller because several packet types share a scalar.
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> add(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::padd(a, b);
}
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> subtract(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::psub(a, b);
}
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> multiply(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::pmul(a, b);
}
/// a * b + c, fused where the machine can.
template <Real S>
EIGEN_ALWAYS_INLINE Packet<S> multiply_add(const Packet<S>& a, const Packet<S>& b,
                                           const Packet<S>& c) {
  return Eigen::internal::pmadd(a, b, c);
}
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> minimum(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::pmin(a, b);
}
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> maximum(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::pmax(a, b);
}
/// By the machine's own instruction, which rounds correctly: Eigen's is an approximation for some
/// packets, a unit in the last place off, and gives NaN for infinity.
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> square_root(const Packet<S>& a) {
#if defined(EIGEN_VECTORIZE_AVX512)
  if constexpr (sizeof(S) == 4) return _mm512_sqrt_ps(a);
  if constexpr (sizeof(S) == 8) return _mm512_sqrt_pd(a);
#elif defined(EIGEN_VECTORIZE_AVX)
  if constexpr (sizeof(S) == 4) return _mm256_sqrt_ps(a);
  if constexpr (sizeof(S) == 8) return _mm256_sqrt_pd(a);
#elif defined(EIGEN_VECTORIZE_SSE)
  if constexpr (sizeof(S) == 4) return _mm_sqrt_ps(a);
  if constexpr (sizeof(S) == 8) return _mm_sqrt_pd(a);
#else
  return Eigen::internal::psqrt(a);
#endif
}

/// A mask for select: all bits where a < b (or a <= b).
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> less(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::pcmp_lt(a, b);
}
template <Real S>
EIGEN_ALWAYS_INLINE Packet<S> less_or_equal(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::pcmp_le(a, b);
}
/// The lanes of `yes` where the mask is set, those of `no` elsewhere.
template <Real S>
EIGEN_ALWAYS_INLINE Packet<S> select(const Packet<S>& mask, const Packet<S>& yes,
                                     const Packet<S>& no) {
  return Eigen::internal::pselect(mask, yes, no);
}

/// The lanes of `yes` where a < b, those of `no` elsewhere: select(less(a, b), yes, no).
template <Real S>
EIGEN_ALWAYS_INLINE Packet<S> select_less(const Packet<S>& a, const Packet<S>& b,
                                          const Packet<S>& yes, const Packet<S>& no) {
#if defined(EIGEN_VECTORIZE_AVX512)
  // Masks have registers of their own here, which Eigen's comparison leaves and select re-enters.
  if constexpr (packet_size<S> == 16)
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), no, yes);
  else if constexpr (packet_size<S> == 8 && sizeof(S) == 8)
    return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(a, b, _CMP_LT_OQ), no, yes);
  else
#endif
    return select<S>(less<S>(a, b), yes, no);
}

/// Asks for `count` values to be brought near before they are needed. (By the builtin: g++ takes a
/// function that only calls Eigen's for one without effect, and leaves the call out.)
template <Real S> EIGEN_ALWAYS_INLINE void prefetch(const S* from, Index count) {
  for (Index i = 0; i < count; i += cache_line_bytes / static_cast<Index>(sizeof(S)))
    __builtin_prefetch(from + i);
}

template <Real S> EIGEN_ALWAYS_INLINE S sum_of_lanes(const Packet<S>& a) {
  return Eigen::internal::predux(a);
}
template <Real S> EIGEN_ALWAYS_INLINE S greatest_lane(const Packet<S>& a) {
  return Eigen::internal::predux_max(a);
}

/// As many packets as a packet has lanes: a square of numbers.
template <Real S>
using PacketSquare = Eigen::internal::PacketBlock<Packet<S>, static_cast<int>(packet_size<S>)>;

/// Lane j of packet i and lane i of packet j change places.
template <Real S> EIGEN_ALWAYS_INLINE void transpose(PacketSquare<S>& square) {
  Eigen::internal::ptranspose(square);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace unlabeled::detail
