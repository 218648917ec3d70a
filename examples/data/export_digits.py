# SPDX-License-Identifier: MIT
"""Writes digits.csv from the handwritten digits that scikit-learn carries.

    apt-get install python3-sklearn
    python3 export_digits.py > digits.csv
"""

from sklearn.datasets import load_digits

digits = load_digits()
pixels = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
print(",".join([*pixels, "digit"]))
for image, digit in zip(digits.data.astype(int), digits.target):
    print(",".join(map(str, [*image, digit])))
