# What R says of single proportions: Wilson by prop.test, Clopper and Pearson by binom.test,
# Jeffreys by qbeta, Agresti and Coull by their formula, the hypergeometric inversion by trying
# every total with phyper, standard errors by the package survey. From the root of the project:
#   Rscript tests/reference/proportions.R
# writes proportions.json beside itself. No number in it comes from our own code.

suppressPackageStartupMessages(library(survey))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

cases <- data.frame(
  x = c(0, 1, 0, 3, 5, 26, 72, 80, 15, 0, 1, 81, 7, 495, 500, 0, 12345),
  n = c(1, 1, 5, 5, 5, 31, 80, 80, 148, 20, 29, 263, 1000, 500, 500, 1000, 20000)
)
cases <- merge(cases, data.frame(level = c(0.8, 0.95, 0.99)))

wilson <- function(x, n, level) {
  suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
}
clopper_pearson <- function(x, n, level) binom.test(x, n, conf.level = level)$conf.int
jeffreys <- function(x, n, level) {
  tail <- (1 - level) / 2
  low <- qbeta(tail, x + 0.5, n - x + 0.5)
  high <- qbeta(tail, x + 0.5, n - x + 0.5, lower.tail = FALSE)
  c(if (x == 0) 0 else low, if (x == n) 1 else high)
}
agresti_coull <- function(x, n, level) {
  z <- qnorm((1 + level) / 2)
  added <- x + z^2 / 2
  all <- n + z^2
  reach <- z * sqrt(added * (all - added) / all^3)
  c(max(0, added / all - reach), min(1, added / all + reach))
}
# Every total M of the population that neither one-sided test rejects; a tail of exactly half of
# 1 - level does not reject.
hypergeometric <- function(x, n, N, level) {
  M <- 0:N
  tail <- (1 - level) / 2 * (1 - 1e-9)
  upper <- phyper(x - 1, M, N - M, n, lower.tail = FALSE)
  lower <- phyper(x, M, N - M, n)
  kept <- M[upper >= tail & lower >= tail]
  range(kept) / N
}

small <- rbind(
  data.frame(x = 0:5, n = 5, N = 12, level = 0.95),
  data.frame(x = 0:9, n = 9, N = 10, level = 0.9),
  data.frame(x = c(0, 20, 37, 40), n = 40, N = 200, level = 0.95),
  data.frame(x = c(1, 5, 26, 31), n = 31, N = 100, level = 0.99),
  data.frame(x = c(0, 1), n = 1, N = 40, level = 0.95), # P(X = 1 | M = 1) is exactly 0.025
  data.frame(x = c(0, 250, 299, 300), n = 300, N = 1000, level = 0.95)
)

# Mean of 0s and 1s of a simple random sample, with and without finite population correction.
errors <- data.frame(x = c(26, 72, 3), n = c(31, 80, 4), N = c(200, 90, 5))
error <- function(x, n, N) {
  data <- data.frame(y = rep(1:0, c(x, n - x)), N = N, one = 1)
  plain <- svymean(~y, svydesign(~1, weights = ~one, data = data))
  corrected <- svymean(~y, svydesign(~1, fpc = ~N, data = data))
  c(as.numeric(SE(plain)), as.numeric(SE(corrected)))
}

# Base R writes no JSON: 17 digits give every double back.
vector <- function(v) paste0("[", paste(sprintf("%.17g", v), collapse = ", "), "]")
block <- function(columns) {
  lines <- paste0('    "', names(columns), '": ', vapply(columns, vector, ""))
  paste0("{\n", paste(lines, collapse = ",\n"), "\n  }")
}
limits <- function(of, ...) {
  found <- mapply(of, ...)
  list(low = found[1, ], high = found[2, ])
}
with_limits <- function(data, of) {
  c(as.list(data), limits(of, data$x, data$n, data$level))
}
found <- mapply(error, errors$x, errors$n, errors$N)
exact <- limits(hypergeometric, small$x, small$n, small$N, small$level)
blocks <- list(
  wilson = with_limits(cases, wilson),
  `clopper-pearson` = with_limits(cases, clopper_pearson),
  jeffreys = with_limits(cases, jeffreys),
  `agresti-coull` = with_limits(cases, agresti_coull),
  hypergeometric = c(as.list(small), exact),
  `standard error` = c(as.list(errors), list(plain = found[1, ], corrected = found[2, ]))
)
json <- paste0(
  '{\n  "script": "tests/reference/proportions.R",\n  "R": "', getRversion(),
  '",\n  "survey": "', packageVersion("survey"), '",\n',
  paste0('  "', names(blocks), '": ', vapply(blocks, block, ""), collapse = ",\n"), "\n}"
)
writeLines(json, file.path(here, "proportions.json"))
