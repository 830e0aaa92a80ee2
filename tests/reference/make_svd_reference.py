"""Answers for `sluice svd`, `--solver svd` and fits from a store: tests/data/svd/answers.json.

Matrices are made of whole numbers by rules that tests/host/svd_test.cpp and design_test.cpp repeat, so that both have the same bits.
Singular values of the Vandermonde matrix are of 60 digits (mpmath), its least squares exact (fractions); the others are
numpy's and statsmodels'. Run it with the packages of requirements.txt: python tests/reference/make_svd_reference.py
"""

import json
import pathlib
from fractions import Fraction

import mpmath
import numpy as np
import statsmodels.api as sm

OUT = pathlib.Path(__file__).resolve().parents[1] / "data" / "svd" / "answers.json"


def integers(rows, columns):
    i, j = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return ((i * 37 + j * j * 11 + i * j * 7) % 101 - 50) / 16


def with_signs(right):
    """The largest entry of each right vector is positive."""
    largest = right[np.arange(len(right)), np.abs(right).argmax(1)]
    return right * np.sign(largest)[:, None]


def decomposition(matrix):
    values, right = np.linalg.svd(matrix, full_matrices=False)[1:]
    return {"values": values.tolist(), "right": with_signs(right).tolist()}


def vandermonde(columns, rows=21):
    return [[Fraction(i, 8) ** k for k in range(columns)] for i in range(rows)]


def exact_values(rows):
    mpmath.mp.dps = 60
    matrix = mpmath.matrix([[mpmath.mpf(x.numerator) / x.denominator for x in row] for row in rows])
    return [float(value) for value in mpmath.svd_r(matrix, compute_uv=False)]


def exact_least_squares(rows, y):
    """X'X b = X'y by elimination in fractions."""
    p = len(rows[0])
    system = [[sum(row[i] * row[j] for row in rows) for j in range(p)] for i in range(p)]
    for i in range(p):
        system[i].append(sum(row[i] * Fraction(value) for row, value in zip(rows, y)))
    for k in range(p):
        system[k] = [value / system[k][k] for value in system[k]]
        for i in range(p):
            if i != k:
                factor = system[i][k]
                system[i] = [a - factor * b for a, b in zip(system[i], system[k])]
    return [float(row[p]) for row in system]


def collinear():
    """The design of y ~ a + b + c + kind with c = a + 2 b; the shortest answer."""
    i = np.arange(60)
    a, b = (i * 7) % 13, (i * 5) % 11
    x = np.column_stack([np.ones(60), i % 3 == 1, i % 3 == 2, a, b, a + 2 * b]).astype(float)
    fit = sm.OLS((i * i * 3) % 17, x).fit(method="pinv")
    robust = fit.get_robustcov_results("HC1", use_t=True)
    return {
        "estimates": fit.params.tolist(),
        "errors": fit.bse.tolist(),
        "hc1": robust.bse.tolist(),
        "df_model": float(fit.df_model),
        "df_residual": float(fit.df_resid),
        "r_squared": float(fit.rsquared),
        "aic": float(fit.aic),
        "bic": float(fit.bic),
        "f": float(fit.mse_model / fit.mse_resid),
    }


def main():
    tall = integers(700, 7)
    answers = {
        "tall": decomposition(tall),
        "centred": decomposition(tall - tall.mean(0)),
        "wide": decomposition(integers(4, 9)),
        "vandermonde": {"values": exact_values(vandermonde(13))},
        "least_squares": {
            str(p): exact_least_squares(vandermonde(p), [(i * i * 7) % 23 - 11 for i in range(21)]) for p in (4, 8, 13)
        },
        "collinear": collinear(),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
