# Sample sizes, R-indicators and Poisson limits as R finds them. From the root of the project:
#   Rscript tests/reference/samples.R
# writes samples.json beside itself. No number in it comes from our own code: sample sizes are
# searched for, one person after the other, as the least whose half width is not above e.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

half_width <- function(n, N, z, p, deff) z * sqrt(deff * p * (1 - p) / n * (N - n) / (N - 1))
least <- function(wide, e) which(wide <= e * (1 + 1e-12))[1]

cochran <- expand.grid(N = c(2, 7, 60, 500, 2000, 100000), e = c(0.02, 0.05, 0.1),
                       p = c(0.5, 0.85), level = c(0.9, 0.95), deff = c(0.8, 1, 2.5))
cochran$n <- mapply(function(N, e, p, level, deff) {
  least(half_width(seq_len(N), N, qnorm((1 + level) / 2), p, deff), e)
}, cochran$N, cochran$e, cochran$p, cochran$level, cochran$deff)

# Yamane's n: z = 2, p = 1/2, and N where Cochran has N - 1.
yamane <- expand.grid(N = c(1, 2, 30, 400, 500, 2000, 10000, 100000), e = c(0.03, 0.05, 0.1))
yamane$n <- mapply(function(N, e) {
  n <- seq_len(N)
  least(2 * sqrt(0.25 / n * (N - n) / N), e)
}, yamane$N, yamane$e)

# A person who stands for w people is w people.
set.seed(766)
chances <- round(rbeta(12, 2, 5), 6)
stands_for <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8)
r <- list(
  chances = chances, weights = stands_for,
  plain = 1 - 2 * sd(chances), weighted = 1 - 2 * sd(rep(chances, stands_for))
)

# The least k that a Poisson count reaches with probability below alpha.
bursts <- expand.grid(expected = c(0.02, 0.5, 3, 12.5, 80), alpha = c(1e-2, 1e-4, 1e-6))
bursts$k <- mapply(function(expected, alpha) {
  which(ppois(0:400, expected, lower.tail = FALSE) < alpha)[1]
}, bursts$expected, bursts$alpha)

# Base R writes no JSON: 17 digits give every double back.
array <- function(values) paste0("[", paste(sprintf("%.17g", values), collapse = ", "), "]")
table <- function(frame) {
  rows <- apply(frame, 1, function(row) {
    paste0("    {", paste0('"', names(frame), '": ', sprintf("%.17g", row), collapse = ", "), "}")
  })
  paste0("[\n", paste(rows, collapse = ",\n"), "\n  ]")
}
parts <- c(
  script = '"tests/reference/samples.R"', R = paste0('"', getRversion(), '"'),
  cochran = table(cochran), yamane = table(yamane), bursts = table(bursts),
  r_indicator = paste0("{", paste0('"', names(r), '": ', vapply(r, array, ""), collapse = ", "), "}")
)
json <- paste0("{\n", paste0('  "', names(parts), '": ', parts, collapse = ",\n"), "\n}")
writeLines(json, file.path(here, "samples.json"))
