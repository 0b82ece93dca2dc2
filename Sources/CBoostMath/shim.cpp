#include "CBoostMath.h"

#include <cmath>
#include <exception>
#include <limits>

#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

namespace {

namespace policies = boost::math::policies;

/// Errors are values, and nothing is promoted to long double: doubles are exact enough and several times as fast.
using Policy = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::underflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>, policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>, policies::promote_double<false>>;

/// No exception leaves this file (a table may not be allocated, for instance).
template <typename Body>
double guarded(Body body) noexcept {
    try {
        return body();
    } catch (const std::exception &) {
        return std::numeric_limits<double>::quiet_NaN();
    }
}

}  // namespace

double CBoostMathLogGamma(double x) {
    return guarded([=] { return boost::math::lgamma(x, Policy()); });
}

double CBoostMathDigamma(double x) {
    return guarded([=] { return boost::math::digamma(x, Policy()); });
}

double CBoostMathTrigamma(double x) {
    return guarded([=] { return boost::math::trigamma(x, Policy()); });
}

double CBoostMathIncompleteBeta(double a, double b, double x) {
    return guarded([=] { return boost::math::ibeta(a, b, x, Policy()); });
}

double CBoostMathIncompleteBetaInverse(double a, double b, double p) {
    return guarded([=] { return boost::math::ibeta_inv(a, b, p, Policy()); });
}

double CBoostMathIncompleteGamma(double a, double x) {
    return guarded([=] { return boost::math::gamma_p(a, x, Policy()); });
}

double CBoostMathHypergeometricUpperTail(uint32_t hits, uint32_t marked, uint32_t drawn, uint32_t total) {
    if (marked > total || drawn > total || hits > marked || hits > drawn) return 0;
    // As many must be hit in any case.
    const uint64_t certain = uint64_t(marked) + drawn > total ? uint64_t(marked) + drawn - total : 0;
    if (hits <= certain) return 1;
    return guarded([=] {
        const boost::math::hypergeometric_distribution<double, Policy> distribution(marked, drawn, total);
        return boost::math::cdf(boost::math::complement(distribution, hits - 1));
    });
}
