/// A C face over the few functions of Boost.Math that the pattern tests need. Boost.Math is C++ templates; nothing of
/// C++ is visible here, and nothing throws: an argument outside a function's domain gives NaN.
#ifndef CBOOSTMATH_H
#define CBOOSTMATH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// ln Γ(x), x > 0. The C library's own `lgamma` writes a global.
double CBoostMathLogGamma(double x);

/// ψ(x), the derivative of ln Γ; x > 0.
double CBoostMathDigamma(double x);

/// ψ′(x), the second derivative of ln Γ; x > 0.
double CBoostMathTrigamma(double x);

/// The regularised incomplete beta function I_x(a, b); a, b > 0, x in [0, 1].
double CBoostMathIncompleteBeta(double a, double b, double x);

/// The x with I_x(a, b) = p.
double CBoostMathIncompleteBetaInverse(double a, double b, double p);

/// The regularised lower incomplete gamma function P(a, x); a > 0, x >= 0.
double CBoostMathIncompleteGamma(double a, double x);

/// Of the hypergeometric distribution: the probability of `hits` or more marked ones among `drawn` of `total`, of which
/// `marked` are marked.
double CBoostMathHypergeometricUpperTail(uint32_t hits, uint32_t marked, uint32_t drawn, uint32_t total);

#ifdef __cplusplus
}
#endif

#endif
