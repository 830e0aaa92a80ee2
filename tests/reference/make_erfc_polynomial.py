#!/usr/bin/env python3
"""Prints the coefficients of kernels/cpu/curves_normal.h, the highest power first: the polynomial P of 26 terms with
ln erfc(u) = ln t + P(2t - 1) - u^2, t = 2 / (2 + u), for u >= 0.

P is Chebyshev's interpolation of ln(erfcx(u) / t), worked out to 40 digits; its largest error is printed too. Needs
mpmath (tests/reference/requirements.txt).
"""
import mpmath
from mpmath import mp, mpf

TERMS = 26


def scaled(t):
    """ln(erfcx(u) / t) at t = 2 / (2 + u); at u without end its limit."""
    if t == 0:
        return -mpmath.log(2 * mpmath.sqrt(mpmath.pi))
    u = 2 / t - 2
    if u < 60:
        erfcx = mpmath.exp(u * u) * mpmath.erfc(u)
    else:  # the asymptotic series
        total, term = mpf(0), mpf(1)
        for k in range(25):
            total += term
            term *= -(2 * k + 1) / (2 * u * u)
        erfcx = total / (u * mpmath.sqrt(mpmath.pi))
    return mpmath.log(erfcx / t)


def main():
    mp.dps = 40
    coefficients, error = mpmath.chebyfit(lambda s: scaled((s + 1) / 2), [-1, 1], TERMS, error=True)
    for c in coefficients:
        print(repr(float(c)))
    print("largest error", mpmath.nstr(error, 3))


if __name__ == "__main__":
    main()
