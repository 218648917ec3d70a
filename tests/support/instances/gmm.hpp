// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/mixture/gmm.hpp"

#define UNLABELED_GMM_OF_VIEW(how, S, V)                                               \
  how template GMMModel<S> fit_gmm<S, V>(const V&, Vector<double>, const GMMModel<S>*, \
                                         const GMMOptions&);
#define UNLABELED_GMM_OF_SCALAR(how, S)                                          \
  how template GMMModel<S> checked<S>(GMMModel<S>, const GMMOptions&);           \
  how template GMMSample<S> MixtureJudge::sample<S>(Index, std::uint64_t) const; \
  how template Labels MixtureJudge::labels<S>(Team&, const Samples<S>&) const;   \
  how template Matrix<S> MixtureJudge::posteriors<S>(Team&, const Samples<S>&) const;
#define UNLABELED_GMM(how)                            \
  UNLABELED_FOR_EACH_VIEW(UNLABELED_GMM_OF_VIEW, how) \
  UNLABELED_GMM_OF_SCALAR(how, float) UNLABELED_GMM_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_GMM(extern)
}  // namespace unlabeled::detail
