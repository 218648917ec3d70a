// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <type_traits>

#include <Eigen/Core>

namespace unlabeled {

using Index = Eigen::Index;

/// Cluster per sample, 0 … n_clusters-1; -1 = noise.
using Labels = Eigen::VectorXi;

template <class S> using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;

template <class S> using Vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;

/// Row-major twin of Matrix: working copies in which one sample is contiguous.
template <class S>
using RowMatrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class S>
concept Real = std::same_as<S, float> || std::same_as<S, double>;

namespace detail {
/// Not std::derived_from: the type of x.head(n) derives from the MatrixBase of another type.
template <class D> void accept_matrix(const Eigen::MatrixBase<D>&);
}  // namespace detail

/// Any dense Eigen matrix expression whose entries are S. A float matrix offered to an estimator
/// of double is refused here, at compile time, never converted.
template <class X, class S>
concept MatrixOf = requires(const X& x) {
  detail::accept_matrix(x);
}
&&std::same_as<typename X::Scalar, S>;

/// Any dense Eigen vector expression of S (sample weights).
template <class X, class S>
concept VectorOf = MatrixOf<X, S> && bool(X::IsVectorAtCompileTime);

/// The only two types a kernel is ever instantiated with (per scalar): column-major or row-major
/// storage, whichever X already has. Matrices, maps, blocks and transposes with inner stride 1 bind
/// without a copy; arithmetic expressions and other strides are evaluated once.
/// A View holds that evaluation, so it is passed by const reference, never copied, never stored.
template <class X>
using View = Eigen::Ref<const Eigen::Matrix<typename X::Scalar, Eigen::Dynamic, Eigen::Dynamic,
                                            X::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor>>;

namespace detail {

/// Where samples lie in memory, whatever their storage order: entry (i, j) is at
/// data[i * row_stride + j * column_stride]. Low-level kernels take it so that they are compiled
/// once per scalar. It owns nothing and must not outlive the View it was made from.
template <Real S> struct Samples {
  const S* data;
  Index n_samples;
  Index n_features;
  Index row_stride;
  Index column_stride;

  template <class V>
  requires std::derived_from<V, Eigen::DenseBase<V>>
  explicit Samples(const V& x)
      : data(x.data()),
        n_samples(x.rows()),
        n_features(x.cols()),
        row_stride(V::IsRowMajor ? x.outerStride() : x.innerStride()),
        column_stride(V::IsRowMajor ? x.innerStride() : x.outerStride()) {}

  [[nodiscard]] S operator()(Index i, Index j) const {
    return data[i * row_stride + j * column_stride];
  }
  [[nodiscard]] bool rows_are_contiguous() const { return column_stride == 1; }
  [[nodiscard]] bool columns_are_contiguous() const { return row_stride == 1; }
};

}  // namespace detail
}  // namespace unlabeled
