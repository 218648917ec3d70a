// SPDX-License-Identifier: MIT
// expected: labels
#include "unlabeled/decomposition/pca.hpp"

// A model that gives no labels is no clusterer, and the concept says so.
#ifdef CONTROL
template <class E>
concept Wanted = unlabeled::Transformer<E, unlabeled::Matrix<double>>;
#else
template <class E>
concept Wanted = unlabeled::Clusterer<E, unlabeled::Matrix<double>>;
#endif

template <Wanted E> void use(const E&) {}
void wrong(const unlabeled::PCA<double>& pca) { use(pca); }
