#!/usr/bin/env python3
"""Makes tests/data/fit: a table with traps, statsmodels' answers for it, patsy's column names for many formulas, and
a polynomial whose exact coefficients are computed in fractions.

Run it in an environment of tests/reference/requirements.txt: `make_fit_reference.py FOLDER`.
"""
import json
import random
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import patsy
import statsmodels.formula.api as smf
from statsmodels.stats.stattools import durbin_watson, jarque_bera

ROWS = 240
FORMULAS = [
    "y ~ a + b", "y ~ 0 + a + b", "y ~ a + k", "y ~ 0 + k", "y ~ 0 + k + a", "y ~ a * k", "y ~ a * b * k", "y ~ k:g",
    "y ~ big + a", "y ~ 0 + big + k", "y ~ big:k + a", "y ~ C(n) + a", "y ~ C(n, Treatment(3)) * b", "y ~ C(k, Sum) + a",
    "y ~ C(k, Helmert) + a", "y ~ C(k, Poly) + big", "y ~ C(k, Diff) * a", "y ~ 0 + C(k, Sum):a", "y ~ (a + b) ** 2 + I(a ** 2)",
    "y ~ np.log(b + 10) + np.exp(a / 4) + np.sqrt(c)", "y ~ k * g", "y ~ k / a", "y ~ a + flag", "np.log(c) ~ a + b",
    "y ~ C(k, levels=['d', 'c', 'b', 'a', 'rare']) + a", "y ~ C(k, Treatment('c')) + C(g, Treatment(reference='w'))", "y ~ 0 + a",
    "y ~ 1", "y ~ a + b - 1", "y ~ Q('two words') + a",
]


def table(rng):
    rows = []
    for i in range(ROWS):
        a, b, c = rng.gauss(0, 1), rng.uniform(-3, 3), rng.uniform(0.5, 9)
        k = "rare" if i == ROWS - 1 else rng.choice("abcd")
        g = rng.choice(["u", "v", "w"])
        n = rng.choice([1, 2, 3, 10])
        y = 3 + 2 * a - b + 0.25 * c + "abcdrare".index(k) * 0.7 + n / 7 + rng.gauss(0, 1 + abs(a))
        row = {"y": f"{y:.4f}", "a": f"{a:.5f}", "b": f"{b:.3f}", "c": f"{c:.6f}", "big": f"{1e5 + 3 * a + rng.gauss(0, 1):.3f}",
               "k": k, "g": g, "n": str(n), "flag": str(rng.random() < 0.3), "two words": f"{rng.gauss(5, 2):.2f}",
               "w": f"{rng.uniform(0.1, 3):.3f}", "times": str(rng.choice([1, 1, 2, 5]))}
        for name in ("y", "a", "b", "k"):
            if i != ROWS - 1 and rng.random() < 0.02:
                row[name] = rng.choice(["", "NA"])
        rows.append(row)
    return pd.DataFrame(rows)


def number(x):
    return None if not np.isfinite(x) else float(x)


def answer(formula, data, weights=None):
    model = smf.ols(formula, data) if weights is None else smf.wls(formula, data, weights=data[weights])
    fit = model.fit()
    lengths = np.linalg.norm(fit.model.exog, axis=0)
    if lengths.min() == 0 or np.linalg.svd(fit.model.exog / lengths, compute_uv=False).min() < 1e-12:
        return {"formula": formula, "singular": True}
    # A row that alone has a level has no residual: robust errors of it are rounding.
    x = fit.model.wexog
    robust = np.einsum("ij,jk,ik->i", x, fit.normalized_cov_params, x).max() < 0.999
    out = {"formula": formula, "names": list(fit.params.index), "estimates": [number(v) for v in fit.params]}
    for kind in ("nonrobust", "HC0", "HC1", "HC2", "HC3") if robust else ("nonrobust",):
        one = model.fit(cov_type=kind, use_t=True)
        out[kind] = {"se": [number(v) for v in one.bse], "t": [number(v) for v in one.tvalues],
                     "p": [number(v) for v in one.pvalues], "low": [number(v) for v in one.conf_int()[0]],
                     "high": [number(v) for v in one.conf_int()[1]]}
        out[kind]["f"] = number(one.fvalue) if fit.df_model > 0 else None
    jb, jb_p, skew, kurtosis = jarque_bera(fit.wresid)
    out.update(rows=int(fit.nobs), df_model=int(fit.df_model), df_residual=int(fit.df_resid), r_squared=number(fit.rsquared),
               adjusted_r_squared=number(fit.rsquared_adj), f=number(fit.fvalue) if fit.df_model > 0 else None,
               f_p=number(fit.f_pvalue) if fit.df_model > 0 else None, log_likelihood=number(fit.llf), aic=number(fit.aic),
               bic=number(fit.bic), condition=number(fit.condition_number), residual_squares=number(fit.ssr),
               durbin_watson=number(durbin_watson(fit.wresid)), skew=number(skew), kurtosis=number(kurtosis), jarque_bera=number(jb),
               jarque_bera_p=number(jb_p))
    return out


def predictions(formula, errors, whole, new):
    """A row of statsmodels' summary frame for each row; nothing where a value is missing."""
    fit = smf.ols(formula, whole).fit(cov_type="nonrobust" if errors == "classic" else errors, use_t=True)
    there = new.dropna()
    frame = fit.get_prediction(there).summary_frame().set_axis(there.index).reindex(new.index)
    return {"formula": formula, "errors": errors, "rows": [[number(v) for v in row] for row in frame.to_numpy()]}


def ridge(formula, alpha, whole):
    """Of all coefficients but the intercept, as scikit-learn's Ridge with fit_intercept and without have them."""
    y, x = patsy.dmatrices(formula, whole)
    penalty = np.diag([0.0 if name == "Intercept" else alpha for name in x.design_info.column_names])
    x, y = np.asarray(x), np.asarray(y)[:, 0]
    estimates = np.linalg.lstsq(np.vstack([x, np.sqrt(penalty)]), np.append(y, np.zeros(len(penalty))), rcond=None)[0]
    return {"formula": formula, "alpha": alpha, "estimates": list(estimates), "residual_squares": float(((y - x @ estimates) ** 2).sum())}


def random_formula(rng):
    atoms = ["a", "b", "c", "k", "g", "C(n)", "C(k, Sum)", "C(g, Helmert)", "C(n, Poly)", "flag", "I(a+b)", "np.log( c )", "C(g,Diff)",
             "C(k,  Treatment( reference = 'b' ))", "Q('two words')", "I( -a**2 )", "np.abs(a-b)"]
    text = rng.choice(["", "0 + ", "1 + ", "-1 + "])
    for i in range(rng.randint(1, 3)):
        if i:
            text += rng.choice([" + ", " + ", "+", " - "])
        part = rng.choice(atoms)
        for _ in range(rng.randint(0, 2)):
            part += rng.choice([":", "*", " * ", ":", "/"]) + rng.choice(atoms)
        if rng.random() < 0.2:
            part = f"({part} + {rng.choice(atoms)})**2"
        text += part
    return text


def columns(rng, data):
    """Formulas and the names of their columns, as many as patsy takes."""
    found = []
    while len(found) < 150:
        formula = random_formula(rng)
        try:
            design = patsy.dmatrix(formula, data)
        except patsy.PatsyError:
            continue
        if 0 < design.shape[1] < 200:
            found.append({"formula": formula, "names": design.design_info.column_names,
                          "row": [float(v) for v in np.asarray(design)[7]]})
    return found


def polynomial():
    """Least squares of degree 7 on 40 points, exact: x = i / 8, y of three decimals."""
    rng = random.Random(5)
    x = [Fraction(i, 8) for i in range(40)]
    y = [Fraction(rng.randint(-9999, 9999), 1000) + i ** 2 for i in range(40)]
    p = 8
    a = [[sum(v ** (i + j) for v in x) for j in range(p)] + [sum(u * v ** i for u, v in zip(y, x))] for i in range(p)]
    for i in range(p):
        pivot = a[i][i]
        a[i] = [v / pivot for v in a[i]]
        for k in range(p):
            if k != i:
                factor = a[k][i]
                a[k] = [u - factor * v for u, v in zip(a[k], a[i])]
    exact = [row[p] for row in a]
    rest = sum((u - sum(b * v ** i for i, b in enumerate(exact))) ** 2 for u, v in zip(y, x))
    lines = ["y,x"] + [f"{float(u):.3f},{float(v)!r}" for u, v in zip(y, x)]
    return "\n".join(lines) + "\n", {"estimates": [float(v) for v in exact], "residual_squares": float(rest)}


def main():
    folder = Path(sys.argv[1])
    rng = random.Random(7)
    table(rng).to_csv(folder / "fit.csv", index=False)
    data = pd.read_csv(folder / "fit.csv")
    data = data.astype({name: object for name in ("k", "g")})  # patsy does not know pandas' own text type
    text, exact = polynomial()
    (folder / "polynomial.csv").write_text(text)
    whole = data.dropna().reset_index(drop=True)
    whole.to_csv(folder / "whole.csv", index=False)
    new = whole.head(12)[["a", "b", "c", "k", "n"]].copy()
    new.loc[[3, 7], "a"] = None
    new.to_csv(folder / "new.csv", index=False)
    predicted = [predictions("y ~ a * b + C(n)", "classic", whole, new), predictions("np.log(c) ~ a + C(k, Sum)", "HC1", whole, new),
                 predictions("y ~ np.exp(a) + k", "HC3", whole, new)]
    result = {"made_by": f"statsmodels, patsy {patsy.__version__}, pandas {pd.__version__}", "polynomial": exact,
              "fits": [answer(formula, data) for formula in FORMULAS], "columns": columns(rng, whole), "predictions": predicted,
              "ridge": [ridge(formula, alpha, whole) for formula in ("y ~ a + b + k", "y ~ 0 + k + c:k", "y ~ a * b + c") for alpha in (0.5, 100.0)],
              "weighted": [answer(formula, data, "w") for formula in ("y ~ a + b", "y ~ 0 + big + C(n)", "y ~ C(k, Sum) * b", "y ~ 0 + a")]}
    (folder / "fit.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
