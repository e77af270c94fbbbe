# Limits of the funnel, the p chart and the XmR chart in base R; tau squared by package metafor.
# From the root of the project:
#   Rscript tests/reference/charts.R
# writes charts.json beside itself. No number in charts.json comes from our own code.
#
# Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, A.1.1: r = qbinom(p), limit
# (r - alpha)/n. Winsorised z scores at the type 7 quantiles. Western Electric limits at 3 sigma.

suppressPackageStartupMessages(library(metafor))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

limit <- function(p, n, theta) {
  r <- qbinom(p, n, theta)
  alpha <- (pbinom(r, n, theta) - p) / (pbinom(r, n, theta) - pbinom(r - 1, n, theta))
  pmin(pmax((r - alpha) / n, 0), 1)
}

funnel_of <- function(x, n, theta, winsorised) {
  y <- x / n
  s2 <- theta * (1 - theta) / n
  z <- (y - theta) / sqrt(s2)
  q <- quantile(z, c(winsorised, 1 - winsorised), type = 7)
  w <- pmin(pmax(z, q[1]), q[2])
  I <- length(x)
  tau2 <- max(0, (sum(w^2) - (I - 1)) / (sum(1 / s2) - sum(1 / s2^2) / sum(1 / s2)))
  tail <- function(p) pmin(pbinom(x, n, theta), pbinom(x - 1, n, theta, lower.tail = FALSE)) < p
  side <- function(z) pmin(pmax(theta + z * sqrt(s2 + tau2), 0), 1)
  list(successes = x, n = n, target = theta, winsorised = winsorised, z = z,
       dispersion = mean(z^2), dispersion_winsorised = mean(w^2), tau_squared = tau2,
       warning_low = limit(0.025, n, theta), warning_high = limit(0.975, n, theta),
       action_low = limit(0.001, n, theta), action_high = limit(0.999, n, theta),
       warning_flags = tail(0.025), action_flags = tail(0.001),
       adjusted_warning_low = side(qnorm(0.025)), adjusted_warning_high = side(qnorm(0.975)),
       adjusted_action_low = side(qnorm(0.001)), adjusted_action_high = side(qnorm(0.999)))
}

set.seed(766)
n <- c(5, 9, 10, 12, 18, 25, 30, 31, 40, 55, 64, 80, 80, 99, 120, 150, 210, 334, 500, 1200, 5000)
chance <- rbinom(length(n), n, 0.86)
spread <- rbinom(length(n), n, plogis(rnorm(length(n), 1.6, 0.5)))
pooled <- function(x) sum(x) / sum(n)
laird <- function(x) {
  theta <- pooled(x)
  fit <- rma(x / n, theta * (1 - theta) / n, method = "DL")
  list(tau_squared = fit$tau2, dispersion = fit$QE / length(n))
}

months <- c(80, 64, 120, 95, 31, 77, 150, 88, 90, 210, 12, 66, 101, 85)
satisfied <- rbinom(length(months), months, 0.88)
p_chart <- function(x, n, first) {
  centre <- sum(x[1:first]) / sum(n[1:first])
  half <- 3 * sqrt(centre * (1 - centre) / n)
  list(successes = x, n = n, baseline = first, centre = centre,
       lower = pmax(centre - half, 0), upper = pmin(centre + half, 1))
}
values <- round(rnorm(15, 82, 3), 1)
xmr <- function(x, first) {
  ranges <- abs(x[2:first] - x[1:(first - 1)])
  mean_range <- mean(ranges)
  centre <- mean(x[1:first])
  list(values = x, baseline = first, centre = centre, lower = centre - 3 * mean_range / 1.128,
       upper = centre + 3 * mean_range / 1.128, mean_range = mean_range,
       range_limit = 3.267 * mean_range)
}

# Base R writes no JSON: 17 digits give every double back.
array <- function(values) {
  text <- paste(sprintf("%.17g", as.numeric(values)), collapse = ", ")
  if (length(values) == 1) text else paste0("[", text, "]")
}
object <- function(fields) {
  paste0("{", paste0('"', names(fields), '": ', unlist(fields), collapse = ",\n   "), "}")
}
numbers <- function(values) object(lapply(values, array))
json <- object(list(
  script = '"tests/reference/charts.R"', R = paste0('"', getRversion(), '"'),
  metafor = paste0('"', packageVersion("metafor"), '"'),
  funnels = object(list(
    chance = numbers(funnel_of(chance, n, pooled(chance), 0.1)),
    spread = numbers(funnel_of(spread, n, pooled(spread), 0.1)),
    target = numbers(funnel_of(spread, n, 0.9, 0.2))
  )),
  laird = object(list(chance = numbers(laird(chance)), spread = numbers(laird(spread)))),
  p_chart = object(list(all = numbers(p_chart(satisfied, months, 14)),
                        first = numbers(p_chart(satisfied, months, 8)))),
  xmr_chart = object(list(all = numbers(xmr(values, 15)), first = numbers(xmr(values, 9))))
))
writeLines(json, file.path(here, "charts.json"))
