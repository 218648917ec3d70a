// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

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
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> divide(const Packet<S>& a, const Packet<S>& b) {
  return Eigen::internal::pdiv(a, b);
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
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> magnitude(const Packet<S>& a) {
  return Eigen::internal::pabs(a);
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

/// function(value) of every lane through memory, for machines without a packet form of it.
template <Real S, class Function>
EIGEN_ALWAYS_INLINE Packet<S> lane_by_lane(const Packet<S>& a, Function&& function) {
  S lanes[packet_size<S>];
  store<S>(lanes, a);
  for (S& lane : lanes) lane = function(lane);
  return load<S>(lanes);
}
/// exp, a few units in the last place off; about 0 below the range, never NaN for a number.
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> exponential(const Packet<S>& a) {
  if constexpr (Eigen::internal::packet_traits<S>::HasExp)
    return Eigen::internal::pexp(a);
  else
    return lane_by_lane<S>(a, [](S value) { return std::exp(value); });
}
/// Natural logarithm of positive numbers.
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> logarithm(const Packet<S>& a) {
  if constexpr (Eigen::internal::packet_traits<S>::HasLog)
    return Eigen::internal::plog(a);
  else
    return lane_by_lane<S>(a, [](S value) { return std::log(value); });
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

/// The lanes of `yes` where a == b, those of `no` elsewhere.
template <Real S>
EIGEN_ALWAYS_INLINE Packet<S> select_equal(const Packet<S>& a, const Packet<S>& b,
                                           const Packet<S>& yes, const Packet<S>& no) {
#if defined(EIGEN_VECTORIZE_AVX512)
  if constexpr (packet_size<S> == 16)
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), no, yes);
  else if constexpr (packet_size<S> == 8 && sizeof(S) == 8)
    return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ), no, yes);
  else
#endif
    return select<S>(Eigen::internal::pcmp_eq(a, b), yes, no);
}

/// Bit l is set where a <= b in lane l.
template <Real S>
EIGEN_ALWAYS_INLINE std::uint32_t lanes_at_most(const Packet<S>& a, const Packet<S>& b) {
#if defined(EIGEN_VECTORIZE_AVX512)
  if constexpr (sizeof(S) == 4) return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ);
  if constexpr (sizeof(S) == 8) return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ);
#elif defined(EIGEN_VECTORIZE_AVX)
  if constexpr (sizeof(S) == 4)
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LE_OQ)));
  if constexpr (sizeof(S) == 8)
    return static_cast<std::uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ)));
#elif defined(EIGEN_VECTORIZE_SSE)
  if constexpr (sizeof(S) == 4)
    return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_cmple_ps(a, b)));
  if constexpr (sizeof(S) == 8)
    return static_cast<std::uint32_t>(_mm_movemask_pd(_mm_cmple_pd(a, b)));
#else
  S one[packet_size<S>], other[packet_size<S>];
  store<S>(one, a);
  store<S>(other, b);
  std::uint32_t lanes = 0;
  for (Index l = 0; l < packet_size<S>; ++l)
    lanes |= static_cast<std::uint32_t>(one[l] <= other[l]) << l;
  return lanes;
#endif
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
template <Real S> EIGEN_ALWAYS_INLINE S least_lane(const Packet<S>& a) {
  return Eigen::internal::predux_min(a);
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
/// Lane i is the sum of the lanes of packet i.
template <Real S> EIGEN_ALWAYS_INLINE Packet<S> sums_of_lanes(PacketSquare<S>& square) {
  transpose<S>(square);
#pragma GCC unroll 16
  for (Index half = packet_size<S> / 2; half > 0; half /= 2)
#pragma GCC unroll 16
    for (Index l = 0; l < half; ++l)
      square.packet[l] = add<S>(square.packet[l], square.packet[l + half]);
  return square.packet[0];
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace unlabeled::detail
