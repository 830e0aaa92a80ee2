#!/usr/bin/env python3
"""Makes tests/data/cov: small inputs and numpy's own answers for np.cov and np.corrcoef.

Run it in an environment of tests/reference/requirements.txt; the versions used are written into the
README beside the data. Answers are always computed in float64 from the values that the input file holds.
"""
import argparse
import os
import platform
import warnings

import h5py
import numpy as np

TIGHT = 1e-12   # float64 inputs and integers: |error| <= TIGHT * sqrt(Cii Cjj)
SINGLE = 2e-6   # float32 inputs


class Cases:
    """Writes inputs and answers, and a row of the manifest for each case."""

    columns = ["case", "x", "y", "form", "variables", "corr", "ddof", "bias", "fweights", "aweights",
               "expected", "tolerance"]

    def __init__(self, folder):
        self.folder, self.rows, self.files = folder, [], {}

    def save(self, name, array, version=None):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            np.lib.format.write_array(file, array, version=version)
        return name

    def input(self, name, array, version=None):
        """The file with this array: cases with the same input share it."""
        array = np.asanyarray(array)
        key = (array.dtype.str, array.shape, array.flags.f_contiguous, version, array.tobytes("A"))
        if key not in self.files:
            self.files[key] = self.save(name + ".npy", array, version)
        return self.files[key]

    def add(self, case, x, y=None, form="-", rowvar=True, corr=False, ddof=None, bias=False, fweights=None,
            aweights=None, tolerance=None, file=None, version=None):
        x = np.asanyarray(x)
        x_file = file or self.input("x_" + case, x, version)
        y_file = self.input("y_" + case, y) if y is not None else "-"
        f_file = self.input("f_" + case, fweights) if fweights is not None else "-"
        a_file = self.input("a_" + case, aweights) if aweights is not None else "-"
        wide = [None if m is None else np.asarray(m, dtype=np.float64) for m in (x, y)]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            if corr:
                if ddof is not None or bias or fweights is not None or aweights is not None:
                    # corrcoef takes no weights; numpy's covariance divided by its own deviations is the same
                    c = np.cov(*wide, rowvar=rowvar, ddof=ddof, bias=bias, fweights=fweights, aweights=aweights)
                    d = np.sqrt(np.diag(c))
                    answer = c / d[:, None] / d[None, :]
                else:
                    answer = np.corrcoef(*wide, rowvar=rowvar)
            else:
                answer = np.cov(*wide, rowvar=rowvar, ddof=ddof, bias=bias, fweights=fweights, aweights=aweights)
        expected = self.save("c_" + case + ".npy", np.ascontiguousarray(answer, dtype=np.float64)
                             if np.ndim(answer) else np.asarray(answer, dtype=np.float64))
        if tolerance is None:
            narrow = [m for m in (x, y) if m is not None and m.dtype.kind == "f" and m.dtype.itemsize == 4]
            tolerance = SINGLE if narrow else TIGHT
        self.rows.append([case, x_file, y_file, form, "rows" if rowvar else "columns", int(corr),
                          "-" if ddof is None else ddof, int(bias), f_file, a_file, expected, tolerance])

    def finish(self):
        with open(os.path.join(self.folder, "manifest.csv"), "w") as file:
            file.write(",".join(self.columns) + "\n")
            for row in self.rows:
                file.write(",".join(str(value) for value in row) + "\n")


def numpy_own(cases):
    """The inputs of numpy's own TestCov and TestCorrCoef."""
    x1 = np.array([[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]]).T
    x2 = np.array([0.0, 1.0, 2.0])
    pair = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 1.0]])
    frequencies, weights = np.array([1, 4, 1]), np.array([1.0, 4.0, 1.0])
    cases.add("basic", x1)
    cases.add("basic_corr", x1, corr=True)
    cases.add("xy_joint", pair[0], y=pair[1], form="joint")
    cases.add("xy_joint_corr", pair[0], y=pair[1], form="joint", corr=True)
    cases.add("xy_block", pair[0], y=pair[1], form="block")
    cases.add("xy_single_row", x1[:1], y=x1[1:], form="joint")
    cases.add("empty_1d", np.array([]))
    cases.add("empty_0x2", np.zeros((0, 2)))
    cases.add("empty_2x0", np.zeros((2, 0)))
    cases.add("empty_2x0_columns", np.zeros((2, 0)), rowvar=False)
    cases.add("empty_0x2_columns", np.zeros((0, 2)), rowvar=False)
    cases.add("wrong_ddof", x1, ddof=5)
    cases.add("wrong_ddof_equal", np.array([[1.0, 2.0, 4.0], [3.0, 1.0, 0.0]]), ddof=3)
    cases.add("one_d_rowvar", np.array([0.3942, 0.5969, 0.7730, 0.9918, 0.7964]), rowvar=False)
    cases.add("one_d_bias", x2, bias=True)
    cases.add("fweights", x2, fweights=frequencies)
    cases.add("fweights_2d", x1, fweights=frequencies)
    cases.add("fweights_unit", x1, fweights=np.ones(3, dtype=int))
    cases.add("fweights_float_integers", x1, fweights=np.array([2.0, 0.0, 5.0]))
    cases.add("aweights", x1, aweights=weights)
    cases.add("aweights_scaled", x1, aweights=3.0 * weights)
    cases.add("aweights_unit", x1, aweights=np.ones(3))
    cases.add("aweights_zeros", x1, aweights=np.array([0.0, 4.0, 1.0]))
    cases.add("fweights_aweights", x1, fweights=frequencies, aweights=weights)
    cases.add("fweights_unit_aweights", x1, fweights=np.ones(3, dtype=int), aweights=weights)
    cases.add("fweights_aweights_bias", x1, fweights=frequencies, aweights=weights, bias=True)
    cases.add("fweights_ddof", x2, fweights=frequencies, ddof=5)
    cases.add("fweights_wrong_ddof", x2, fweights=frequencies, ddof=6)
    a = np.array([[0.15391142, 0.18045767, 0.14197213], [0.70461506, 0.96474128, 0.27906989],
                  [0.9297531, 0.32296769, 0.19267156]])
    b = np.array([[0.10377691, 0.5417086, 0.49807457], [0.82872117, 0.77801674, 0.39226705],
                  [0.9314666, 0.66800209, 0.03538394]])
    for name, corr in (("cov", False), ("corr", True)):
        cases.add("simple_" + name, a, corr=corr)
        cases.add("simple_joint_" + name, a, y=b, form="joint", corr=corr)
        cases.add("simple_block_" + name, a, y=b, form="block", corr=corr)
        cases.add("simple_block_columns_" + name, a, y=b, form="block", rowvar=False, corr=corr)
    cases.add("bias_and_ddof", a, bias=True, ddof=2)
    cases.add("extreme", np.array([[1e-100, 1e100], [1e100, 1e-100]]))
    cases.add("extreme_corr", np.array([[1e-100, 1e100], [1e100, 1e-100]]), corr=True)


def shapes(cases, random):
    """Vectors, single variables, single observations, either orientation."""
    cases.add("one_variable", random.normal(size=(1, 7)))
    cases.add("one_variable_corr", random.normal(size=(1, 7)), corr=True)
    cases.add("one_observation", random.normal(size=(4, 1)))
    cases.add("one_observation_corr", random.normal(size=(4, 1)), corr=True)
    cases.add("one_observation_bias", random.normal(size=(4, 1)), bias=True)
    cases.add("one_observation_ddof1_row", random.normal(size=(1, 5)), rowvar=False)
    cases.add("one_observation_bias_row", random.normal(size=(1, 5)), rowvar=False, bias=True)
    cases.add("one_by_one", np.array([[3.0]]))
    cases.add("column_vector", random.normal(size=(9, 1)), rowvar=False)
    cases.add("two_observations", random.normal(size=(5, 2)))
    cases.add("negative_ddof", random.normal(size=(3, 6)), ddof=-2)
    cases.add("tall", random.normal(size=(300, 5)), rowvar=False)
    cases.add("tall_corr", random.normal(size=(300, 5)), rowvar=False, corr=True)
    cases.add("wide", random.normal(size=(5, 300)))
    cases.add("joint_columns", random.normal(size=(60, 3)), y=random.normal(size=(60, 4)), form="joint",
              rowvar=False)
    cases.add("block_unequal", random.normal(size=(6, 50)), y=random.normal(size=(2, 50)), form="block")
    cases.add("block_unequal_corr", random.normal(size=(2, 50)), y=random.normal(size=(6, 50)), form="block",
              corr=True)
    x = random.normal(size=(6, 40))
    f = random.integers(0, 5, size=40)
    w = random.uniform(0.1, 3, size=40)
    cases.add("weights_corr", x, fweights=f, aweights=w, corr=True)
    cases.add("weights_joint", x, y=random.normal(size=(3, 40)), form="joint", fweights=f, aweights=w)
    cases.add("weights_block", x, y=random.normal(size=(3, 40)), form="block", fweights=f, aweights=w)
    cases.add("weights_columns", np.ascontiguousarray(x.T), rowvar=False, fweights=f, aweights=w)


def types(cases, random):
    """Element types, byte orders, element orders and versions of the format."""
    base = random.normal(size=(7, 90))
    for dtype in ("float32", "float64", ">f4", ">f8"):
        cases.add("type_" + dtype.replace(">", "big_"), base.astype(dtype))
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ">i2", ">u4", ">i8"):
        info = np.iinfo(dtype)
        low, high = int(info.min), int(info.max)
        values = random.integers(low, high, size=(5, 60), endpoint=True, dtype=np.dtype(dtype).newbyteorder("="))
        cases.add("type_" + dtype.replace(">", "big_"), values.astype(dtype))
    cases.add("type_bool", random.integers(0, 2, size=(5, 60)).astype(bool))
    cases.add("fortran", np.asfortranarray(base))
    cases.add("fortran_columns", np.asfortranarray(base.T), rowvar=False)
    cases.add("fortran_big_f4", np.asfortranarray(base.astype(">f4")))
    cases.add("version2", base[:3], version=(2, 0))
    cases.add("version3", base[:3], version=(3, 0))


def values(cases, random):
    """Offsets, scales, missing and infinite values."""
    base = random.normal(size=(6, 500))
    for power in (2, 5, 8):
        cases.add(f"offset_1e{power}_f64", base + 10.0**power)
    for power in (2, 5):
        cases.add(f"offset_1e{power}_f32", (base + 10.0**power).astype(np.float32))
    offsets = np.array([0, 1e2, -1e3, 1e4, -1e5, 1e5])[:, None]
    cases.add("offset_mixed_f32", (base + offsets).astype(np.float32))
    cases.add("offset_mixed_f32_columns", np.ascontiguousarray((base + offsets).astype(np.float32).T), rowvar=False)
    cases.add("offset_mixed_f32_corr", (base + offsets).astype(np.float32), corr=True)
    drift = base[:, :] + np.linspace(0, 50, 500)
    cases.add("drift_f32", drift.astype(np.float32))
    scales = np.array([1e-100, 1e-50, 1, 1e20, 1e60, 1e100])[:, None]
    cases.add("scales", base[:, :80] * scales)
    cases.add("scales_corr", base[:, :80] * scales, corr=True)
    single = np.array([1e-15, 1e-8, 1, 1e5, 1e9, 1e15])[:, None]
    cases.add("scales_f32", (base[:, :80] * single).astype(np.float32))
    cases.add("scales_f32_corr", (base[:, :80] * single).astype(np.float32), corr=True)
    missing = base[:, :50].copy()
    missing[2, 7] = np.nan
    cases.add("nan", missing)
    cases.add("nan_corr", missing, corr=True)
    cases.add("nan_f32_columns", np.ascontiguousarray(missing.astype(np.float32).T), rowvar=False)
    cases.add("nan_block", missing, y=base[:2, 50:100], form="block")
    infinite = base[:, :50].copy()
    infinite[1, 3], infinite[4, 9] = np.inf, -np.inf
    cases.add("inf", infinite)
    cases.add("inf_f32", infinite.astype(np.float32))


def hdf5(cases, random):
    """One small file with the storage layouts of HDF5; chunk sizes do not divide the shape."""
    x = random.normal(size=(23, 41))
    with h5py.File(os.path.join(cases.folder, "layouts.h5"), "w") as file:
        stored = {}
        stored["contiguous"] = file.create_dataset("contiguous", data=x, track_times=False)
        stored["chunked"] = file.create_dataset("chunked", data=x, chunks=(8, 16), track_times=False)
        stored["deflated"] = file.create_dataset("group/deflated", data=x.astype("f4"), chunks=(5, 41),
                                                 compression="gzip", shuffle=True, track_times=False)
        stored["big"] = file.create_dataset("big", data=x.astype(">f4"), chunks=(23, 7), track_times=False)
        stored["integers"] = file.create_dataset("integers", data=(x * 1000).astype("i2"), track_times=False)
        sparse = file.create_dataset("fill", shape=x.shape, dtype="f8", chunks=(8, 16), fillvalue=2.5,
                                     track_times=False)
        sparse[:8] = x[:8]  # the other chunks are never written: they hold the fill value
        sparse[8:16, :16] = x[8:16, :16]
        stored["vector"] = file.create_dataset("vector", data=x[0], track_times=False)
        read = {name: dataset[()] for name, dataset in stored.items()}
        paths = {name: dataset.name for name, dataset in stored.items()}
        patched = sparse[()]
    for name, data in read.items():
        cases.add("hdf5_" + name, data, file="layouts.h5:" + paths[name])
    cases.add("hdf5_chunked_columns", read["chunked"], rowvar=False, file="layouts.h5:/chunked")
    # Rows 16 and on are constant (the fill value): their variance is 0, so the answer is exact there.
    cases.add("hdf5_fill", patched, file="layouts.h5:/fill")


README = """# Reference answers of np.cov and np.corrcoef

Made by `tests/reference/make_cov_reference.py` with numpy {numpy}, h5py {h5py} and Python {python};
run it again in an environment of `tests/reference/requirements.txt` to make it anew. Nothing here was downloaded.
The inputs of the first cases are those of numpy's own tests TestCov and TestCorrCoef; the rest are drawn from
`np.random.default_rng(20240229)`.

`manifest.csv` has a row for each case: the input, the second matrix and what is made of it (`joint`: numpy's
cov(X, Y), `block`: its part of X's variables with Y's), the options, numpy's answer in float64 computed from the
values that the input file holds (the joint matrix where there is a Y), and the tolerance, relative to
sqrt(Cii Cjj). `tests/host/cov_reference_test.cpp` reads it.
"""


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", default=os.path.join(here, "..", "data", "cov"))
    folder = parser.parse_args().to
    os.makedirs(folder, exist_ok=True)
    cases, random = Cases(folder), np.random.default_rng(20240229)
    numpy_own(cases)
    shapes(cases, random)
    types(cases, random)
    values(cases, random)
    hdf5(cases, random)
    cases.finish()
    with open(os.path.join(folder, "README.md"), "w") as file:
        file.write(README.format(numpy=np.__version__, h5py=h5py.__version__, python=platform.python_version()))
    print(len(cases.rows), "cases in", os.path.normpath(folder))


if __name__ == "__main__":
    main()
