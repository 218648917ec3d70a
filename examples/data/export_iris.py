# SPDX-License-Identifier: MIT
"""Writes iris.csv from the iris flowers that scikit-learn carries.

    apt-get install python3-sklearn
    python3 export_iris.py > iris.csv
"""

from sklearn.datasets import load_iris

iris = load_iris()
print("sepal_length,sepal_width,petal_length,petal_width,species")
for flower, species in zip(iris.data, iris.target):
    print(",".join(map(str, [*flower, iris.target_names[species]])))
