# SPDX-License-Identifier: MIT
"""Writes wine.csv from the wine data that scikit-learn carries.

    apt-get install python3-sklearn
    python3 export_wine.py > wine.csv
"""

from sklearn.datasets import load_wine

wine = load_wine()
names = [name.replace("/", "_") for name in wine.feature_names]
print(",".join([*names, "cultivar"]))
for sample, cultivar in zip(wine.data, wine.target):
    print(",".join([*(f"{value:g}" for value in sample), str(cultivar)]))
