# Confidence sets for ranks, written out pair by pair in base R. From the root of the project:
#   Rscript tests/reference/ranks.R
# writes ranks.json (data, sets, published results) beside itself. No number in ranks.json comes
# from our own code.
#
# Definitions. Klein, Wright and Wieczorek (2020), JRSS Series C 69, 589-606: intervals at the
# level^(1/K) each; U_j <= L_k puts j below k. Mogstad, Romano, Shaikh and Wilhelm (2024), Review
# of Economic Studies 91, 476-518: studentised differences, step-down. Rank 1 is the highest.
# Data "pisa": mean and standard error in mathematics, OECD countries, PISA 2018 (OECD).

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

klein <- function(x, s, level) {
  K <- length(x)
  z <- qnorm(1 - (1 - level^(1 / K)) / 2)
  L <- x - z * s
  U <- x + z * s
  best <- worst <- integer(K)
  for (k in 1:K) {
    above <- below <- 0
    for (j in setdiff(1:K, k)) {
      if (L[j] >= U[k]) above <- above + 1
      if (U[j] <= L[k]) below <- below + 1
    }
    best[k] <- above + 1
    worst[k] <- K - below
  }
  list(best = best, worst = worst)
}

# Draws that any language can repeat: quantiles of a Weyl sequence, one root of a prime a unit.
primes <- c(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
draws <- function(K, R) sapply(primes[1:K], function(p) qnorm((1:R * sqrt(p)) %% 1))

step_down <- function(x, s, pairs, Z, level) {
  critical <- c()
  rejected <- data.frame(i = integer(), j = integer())
  repeat {
    d <- sqrt(s[pairs$i]^2 + s[pairs$j]^2)
    top <- apply(Z, 1, function(z) {
      e <- z * s
      max((e[pairs$i] - e[pairs$j]) / d)
    })
    c <- unname(quantile(top, level))
    critical <- c(critical, c)
    out <- (x[pairs$i] - x[pairs$j]) / d > c
    if (!any(out)) break
    rejected <- rbind(rejected, pairs[out, ])
    pairs <- pairs[!out, ]
    if (nrow(pairs) == 0) break
  }
  list(rejected = rejected, critical = critical)
}

mogstad <- function(x, s, level, Z, of) {
  K <- length(x)
  pairs <- expand.grid(i = 1:K, j = 1:K)
  pairs <- pairs[pairs$i != pairs$j & (pairs$i %in% of | pairs$j %in% of), ]
  step_down(x, s, pairs, Z, level)
}

sets <- function(K, rejected, of) {
  list(best = sapply(of, function(k) 1 + sum(rejected$j == k)),
       worst = sapply(of, function(k) K - sum(rejected$i == k)))
}

simultaneous <- function(x, s, level, Z) {
  found <- mogstad(x, s, level, Z, seq_along(x))
  c(sets(length(x), found$rejected, seq_along(x)), list(critical = found$critical))
}

marginal <- function(x, s, level, Z) {
  one <- lapply(seq_along(x), function(k) {
    sets(length(x), mogstad(x, s, level, Z, k)$rejected, k)
  })
  list(best = sapply(one, `[[`, "best"), worst = sapply(one, `[[`, "worst"))
}

pisa <- read.csv(text = "country,score,se
Australia,491.3600252,1.939833031
Austria,498.9423138,2.970998694
Belgium,508.0703063,2.262662011
Canada,512.0169429,2.357475749
Chile,417.4065563,2.41588757
Colombia,390.9322732,2.989559274
Czech Republic,499.4676508,2.460661531
Denmark,509.3983746,1.735002337
Estonia,523.4145802,1.743602224
Finland,507.3013618,1.967920411
France,495.4075794,2.320214487
Germany,500.0437805,2.647083096
Greece,451.3703438,3.091228197
Hungary,481.0826364,2.319596741
Iceland,495.1873762,1.953082603
Ireland,499.632894,2.198621128
Israel,463.0345488,3.498563228
Italy,486.5898573,2.780045867
Japan,526.9732502,2.471475318
Korea,525.933002,3.121394315
Latvia,496.1263306,1.962766789
Lithuania,481.1911884,1.953282039
Luxembourg,483.421485,1.097632409
Mexico,408.8014734,2.493225544
Netherlands,519.2309824,2.632277885
New Zealand,494.489676,1.705942856
Norway,500.9637885,2.219044878
Poland,515.6478747,2.602085176
Portugal,492.4874062,2.684570081
Slovak Republic,486.1648542,2.555595707
Slovenia,508.8975441,1.363877596
Spain,481.3926126,1.462417763
Sweden,502.3877022,2.654250935
Switzerland,515.3147131,2.908003898
Turkey,453.5077774,2.260406789
United Kingdom,501.7698992,2.564428111
United States,478.2447174,3.235444099")

set.seed(766)
ties <- list(x = round(rnorm(40, 0.85, 0.06), 2), s = runif(40, 0.005, 0.03))
few <- list(x = rnorm(10, 0.85, 0.05), s = runif(10, 0.008, 0.02))
apart <- list(x = c(0.95, 0.90, 0.90, 0.84, 0.80, 0.71), s = c(2, 1, 2, 1, 3, 1) / 100)
DRAWS <- 499

# Base R writes no JSON: 17 digits give every double back.
array <- function(values) paste0("[", paste(sprintf("%.17g", values), collapse = ", "), "]")
words <- function(values) paste0("[", paste0('"', values, '"', collapse = ", "), "]")
object <- function(fields) {
  paste0("{", paste0('"', names(fields), '": ', unlist(fields), collapse = ",\n   "), "}")
}
numbers <- function(values) object(lapply(values, array))
joint <- function(data, levels) {
  each <- lapply(levels, function(level) numbers(klein(data$x, data$s, level)))
  object(c(list(estimates = array(data$x), standard_errors = array(data$s)),
           setNames(each, levels)))
}
paired <- function(data, levels) {
  Z <- draws(length(data$x), DRAWS)
  each <- function(method) {
    object(setNames(lapply(levels, function(level) numbers(method(data$x, data$s, level, Z))),
                    levels))
  }
  object(list(estimates = array(data$x), standard_errors = array(data$s),
              simultaneous = each(simultaneous), marginal = each(marginal)))
}

# What the authors' R package csranks 1.2.2 printed of the same PISA data in its article
# "Inference for Ranks" (its own draws; Wilhelm and Morgen, danielwilhelm.github.io/R-CS-ranks),
# and the ranks in its README.
published <- object(list(
  rank = array(c(24, 18, 10, 7, 35, 37, 17, 8, 3, 11, 20, 15, 34, 30, 21, 16, 32, 25, 1, 2, 19,
                 29, 27, 36, 4, 22, 14, 5, 23, 26, 9, 28, 12, 6, 33, 13, 31)),
  best5_0.95 = words(c("Belgium", "Canada", "Denmark", "Estonia", "Finland", "Japan", "Korea",
                       "Netherlands", "Poland", "Slovenia", "Sweden", "Switzerland")),
  best5_0.9 = words(c("Belgium", "Canada", "Denmark", "Estonia", "Finland", "Japan", "Korea",
                      "Netherlands", "Poland", "Slovenia", "Switzerland")),
  united_kingdom_marginal = array(c(8, 23)),
  apart_from_all_others = words(c("Chile", "Colombia", "Mexico"))
))

json <- object(list(
  script = '"tests/reference/ranks.R"', R = paste0('"', getRversion(), '"'),
  countries = words(pisa$country), draws = DRAWS, primes = array(primes),
  klein = object(list(pisa = joint(list(x = pisa$score, s = pisa$se), c(0.5, 0.95)),
                      ties = joint(ties, c(0.8, 0.95)), apart = joint(apart, c(0.9, 0.95)))),
  pairs = object(list(few = paired(few, c(0.8, 0.95)), apart = paired(apart, c(0.8, 0.95)))),
  published = published
))
writeLines(json, file.path(here, "ranks.json"))
