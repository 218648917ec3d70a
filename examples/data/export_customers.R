# SPDX-License-Identifier: MIT
#
# Writes credit_customers.csv from the data set credit_data of the R package modeldata.
#
#   apt-get install r-cran-modeldata
#   Rscript export_customers.R > credit_customers.csv

library(modeldata)
data(credit_data)

# Only complete rows: a missing cell is a decision for the analyst, and an example should not hide it.
complete <- credit_data[complete.cases(credit_data), ]

customers <- data.frame(
  age_years       = complete$Age,
  seniority_years = complete$Seniority,
  home            = complete$Home,
  marital         = complete$Marital,
  job             = complete$Job,
  expenses        = complete$Expenses,
  income          = complete$Income,
  assets          = complete$Assets,
  debt            = complete$Debt,
  loan_amount     = complete$Amount,
  loan_months     = complete$Time,
  price           = complete$Price,
  bad_loan        = as.integer(complete$Status == "bad")
)
write.csv(customers, stdout(), row.names = FALSE, quote = FALSE)
