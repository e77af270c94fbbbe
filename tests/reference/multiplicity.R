# What R's p.adjust says, with ties, with tests that were not made (NA) and of a single p.
# From the root of the project:
#   Rscript tests/reference/multiplicity.R
# writes multiplicity.json beside itself. No number in it comes from our own code.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

set.seed(766)
cases <- list(
  ordered = c(0.0001, 0.004, 0.019, 0.095, 0.201, 0.278, 0.298, 0.344, 0.459, 0.324, 0.432, 1),
  ties = c(0.02, 0.01, 0.02, 0.02, 0.5, 0.01, 0.5, 0),
  missing = c(NA, 0.03, 0.001, NA, 0.04, 0.8, 0.03, NA),
  `all missing` = c(NA_real_, NA_real_),
  one = 0.04,
  many = c(runif(60), rbeta(20, 0.2, 8))
)
methods <- c("holm", "hochberg", "BH", "bonferroni")

# Base R writes no JSON: 17 digits give every double back; null where no test was made.
vector <- function(v) {
  text <- ifelse(is.na(v), "null", sprintf("%.17g", v))
  paste0("[", paste(text, collapse = ", "), "]")
}
block <- function(p) {
  columns <- c(list(p = p), lapply(setNames(methods, tolower(methods)), p.adjust, p = p))
  lines <- paste0('    "', names(columns), '": ', vapply(columns, vector, ""))
  paste0("{\n", paste(lines, collapse = ",\n"), "\n  }")
}
json <- paste0(
  '{\n  "script": "tests/reference/multiplicity.R",\n  "R": "', getRversion(), '",\n',
  paste0('  "', names(cases), '": ', vapply(cases, block, ""), collapse = ",\n"), "\n}"
)
writeLines(json, file.path(here, "multiplicity.json"))
