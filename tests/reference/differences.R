# What R says of differences: hybrid score limits from prop.test's Wilson limits, t.test of
# paired answers, and svycontrast of two periods in one stratified design. From the root of the
# project:
#   Rscript tests/reference/differences.R
# reads index.csv and writes differences.json beside it. No number in it comes from our own code.

suppressPackageStartupMessages(library(survey))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

wilson <- function(x, n, level) {
  suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
}

# Two proportions of different people. The error of a share of 0 or 1 is its Wilson half width.
error <- function(x, n) {
  p <- x / n
  if (p > 0 && p < 1) sqrt(p * (1 - p) / n) else diff(wilson(x, n, 0.95)) / 2 / qnorm(0.975)
}
independent <- function(x1, n1, x2, n2, level) {
  d <- x1 / n1 - x2 / n2
  i1 <- wilson(x1, n1, level)
  i2 <- wilson(x2, n2, level)
  s <- c(error(x1, n1), error(x2, n2))^2
  df <- sum(s)^2 / sum(s^2 / (c(n1, n2) - 1))
  t <- d / sqrt(sum(s))
  p <- 2 * pt(abs(t), df, lower.tail = FALSE)
  variances <- c(x1 / n1 * (1 - x1 / n1) / (n1 - 1), x2 / n2 * (1 - x2 / n2) / (n2 - 1))
  c(
    low = d - sqrt((x1 / n1 - i1[1])^2 + (i2[2] - x2 / n2)^2),
    high = d + sqrt((i1[2] - x1 / n1)^2 + (x2 / n2 - i2[1])^2),
    standard_error = sqrt(sum(variances)), df = df, t = t, p = p
  )
}
pairs <- data.frame(
  x1 = c(56, 60, 100, 30, 30, 0, 412, 33), n1 = c(70, 80, 100, 30, 30, 45, 500, 40),
  x2 = c(48, 50, 90, 60, 25, 60, 380, 33), n2 = c(80, 80, 100, 60, 30, 60, 470, 40),
  level = c(0.95, 0.9, 0.95, 0.95, 0.99, 0.95, 0.95, 0.8)
)
unpaired <- do.call(rbind, Map(
  independent, pairs$x1, pairs$n1, pairs$x2, pairs$n2, pairs$level
))

# The same people twice; both / first only / second only / neither satisfied.
tables <- data.frame(
  both = c(40, 20, 10, 3, 70), first = c(12, 12, 9, 14, 3), second = c(3, 2, 7, 12, 9),
  neither = c(5, 16, 30, 6, 300)
)
same <- function(both, first, second, neither) {
  a <- rep(c(1, 1, 0, 0), c(both, first, second, neither))
  b <- rep(c(1, 0, 1, 0), c(both, first, second, neither))
  test <- t.test(a, b, paired = TRUE)
  n <- length(a)
  r <- cor(a, b) # phi; corrected when positive
  spread <- sqrt(mean(a) * (1 - mean(a)) * mean(b) * (1 - mean(b)))
  if (r > 0) r <- max(0, r - 1 / (2 * n * spread))
  i <- wilson(sum(a), n, 0.95) - mean(a)
  j <- wilson(sum(b), n, 0.95) - mean(b)
  reach <- function(u, v) sqrt(u^2 + v^2 - 2 * r * abs(u) * abs(v))
  d <- mean(a) - mean(b)
  c(
    low = d - reach(i[1], j[2]), high = d + reach(i[2], j[1]),
    standard_error = unname(test$stderr), t = unname(test$statistic),
    df = unname(test$parameter), p = test$p.value
  )
}
paired <- do.call(rbind, Map(
  same, tables$both, tables$first, tables$second, tables$neither
))

# Two periods: strata 1-3 and 4-8 of index.csv, whose people differ; the pooled ratio index.
data <- read.csv(file.path(here, "index.csv"))
answer <- as.matrix(data[c("A1", "A2", "B1", "B2", "B3")])
answer[answer %in% c(0, 6, 9)] <- NA
data$a <- rowSums(answer >= 4, na.rm = TRUE)
data$b <- rowSums(!is.na(answer))
data$s <- rowSums(answer, na.rm = TRUE)
data$five <- 5 * data$b
data$period <- ifelse(data$stratum <= 3, "first", "second")
data$one <- 1
options(survey.lonely.psu = "adjust")
change <- function(y, x, keep) {
  design <- svydesign(~1, strata = ~stratum, weights = ~one, data = data[keep, ])
  by <- svyby(y, ~period, design, svyratio, denominator = x, covmat = TRUE)
  contrast <- svycontrast(by, c(1, -1))
  c(estimate = as.numeric(coef(contrast)), standard_error = as.numeric(SE(contrast)))
}
keep <- data$stratum <= 6 # the lonely stratum's centre would be that of both periods
periods <- rbind(
  `t2b-pooled` = change(~a, ~b, keep), mean5 = change(~s, ~five, keep)
)

# Base R writes no JSON: 17 digits give every double back.
vector <- function(v) paste0("[", paste(sprintf("%.17g", v), collapse = ", "), "]")
block <- function(columns) {
  lines <- paste0('    "', names(columns), '": ', vapply(columns, vector, ""))
  paste0("{\n", paste(lines, collapse = ",\n"), "\n  }")
}
blocks <- list(
  independent = c(as.list(pairs), as.list(as.data.frame(unpaired))),
  paired = c(as.list(tables), as.list(as.data.frame(paired))),
  periods = apply(periods, 1, identity, simplify = FALSE)
)
json <- paste0(
  '{\n  "script": "tests/reference/differences.R",\n  "R": "', getRversion(),
  '",\n  "survey": "', packageVersion("survey"), '",\n',
  paste0('  "', names(blocks), '": ', vapply(blocks, block, ""), collapse = ",\n"), "\n}"
)
writeLines(json, file.path(here, "differences.json"))
