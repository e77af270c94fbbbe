# What R's package survey says of the answers in index.csv. From the root of the project:
#   Rscript tests/reference/index.R
# writes index.csv (the people, drawn once with a fixed seed) and index.json (estimates, standard
# errors, degrees of freedom) beside itself. No number in index.json comes from our own code.

suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust")
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

# People in strata, the last of one person; a latent mood makes the answers of one person alike.
set.seed(766)
n <- c(14, 12, 11, 9, 8, 6, 2, 1)
N <- c(90, 700, 40, 33, 400, 25, 60, 20)
stratum <- rep(seq_along(n), n)
people <- length(stratum)
mood <- rnorm(people) + rep(rnorm(length(n), sd = 0.5), n)
items <- c("A1", "A2", "B1", "B2", "B3", "overall")
level <- function() as.integer(cut(mood + rnorm(people), c(-Inf, -2, -1.2, -0.5, 0.8, Inf)))
left <- function(answers, p) {
  code <- sample(c(0L, 6L, 9L), people, replace = TRUE)
  ifelse(runif(people) < p, code, answers)
}
data <- data.frame(stratum = stratum, population = N[stratum])
for (item in items) data[[item]] <- left(level(), if (item %in% c("A1", "A2")) 0.45 else 0.15)
data[c(5, 20), c("A1", "A2", "B1", "B2", "B3")] <- 6L # these two answered no item of the index
write.csv(data, file.path(here, "index.csv"), row.names = FALSE, quote = FALSE)

# The y and x of a person, from the rows, for the index and for each factor.
answer <- as.matrix(data[items])
answer[answer %in% c(0, 6, 9)] <- NA
of <- list(index = items[1:5], A = items[1:2], B = items[3:5])
for (name in names(of)) {
  own <- answer[, of[[name]], drop = FALSE]
  data[[paste0("a.", name)]] <- rowSums(own >= 4, na.rm = TRUE)
  data[[paste0("b.", name)]] <- rowSums(!is.na(own))
  data[[paste0("s.", name)]] <- rowSums(own, na.rm = TRUE)
}
for (item in items) data[[paste0("t.", item)]] <- as.numeric(answer[, item] >= 4)
data$one <- 1

found <- function(statistic, design) {
  c(estimate = unname(coef(statistic)), se = as.numeric(SE(statistic)), df = degf(design))
}
ratio <- function(y, x, design, within) {
  design <- update(design, y = eval(y), x = eval(x))
  found(svyratio(~y, ~x, design), design[within, ])
}

figures <- function(design) {
  result <- list()
  v <- design$variables
  for (name in names(of)) {
    put <- function(profile, value) result[[paste(profile, name)]] <<- value
    a <- v[[paste0("a.", name)]]
    b <- v[[paste0("b.", name)]]
    s <- v[[paste0("s.", name)]]
    met <- b > 0
    put("t2b-pooled", ratio(a, b, design, met))
    put("mean5", ratio(s, 5 * b, design, met))
    put("mean01", ratio(s - b, 4 * b, design, met))
    domain <- update(design, share = ifelse(b > 0, a / b, NA), every = as.numeric(a == b))[met, ]
    put("t2b-person", found(svymean(~share, domain), domain))
    put("all-satisfied", found(svymean(~every, domain), domain))
  }
  for (item in items) {
    domain <- update(design, top = v[[paste0("t.", item)]])
    domain <- domain[!is.na(v[[paste0("t.", item)]]), ]
    result[[paste("item", item)]] <- found(svymean(~top, domain), domain)
  }
  result
}

# One row per answer, clustered by person: the design effect, and the same SE by another road.
long <- do.call(rbind, lapply(of$index, function(item) {
  data.frame(person = seq_len(people), stratum, population = N[stratum], weight = (N / n)[stratum],
             level = answer[, item], one = 1)
}))
long$top <- as.numeric(long$level >= 4)
long$five <- long$level / 5
effect <- function(formula, weights) {
  whole <- svydesign(ids = ~person, strata = ~stratum, weights = weights, data = long)
  domain <- whole[!is.na(long$level), ]
  statistic <- svymean(formula, domain, deff = "replace")
  c(found(statistic, domain), deff = as.numeric(deff(statistic)))
}

# The mean of strata: the strata are independent, so their variances add.
mean_of_strata <- function(keep) {
  design <- svydesign(ids = ~1, strata = ~stratum, weights = ~one, data = data[keep, ])
  by <- svyby(~a.index, ~stratum, design, svyratio, denominator = ~b.index)
  values <- coef(by)
  met <- design[data$b.index[keep] > 0, ]
  c(estimate = mean(values), se = sqrt(sum(SE(by)^2)) / length(values), df = degf(met))
}

plain <- svydesign(ids = ~1, strata = ~stratum, weights = ~one, data = data)
first <- data[data$stratum == 1, ]
cases <- list(
  pooled = figures(plain),
  weighted = figures(svydesign(ids = ~1, strata = ~stratum, weights = ~I(population / n[stratum]),
                               data = data)),
  `weighted fpc` = figures(svydesign(ids = ~1, strata = ~stratum, fpc = ~population, data = data)),
  `one stratum` = figures(svydesign(ids = ~1, weights = ~one, data = first)),
  `answers as rows` = list(
    `t2b-pooled index` = effect(~top, ~one),
    `mean5 index` = effect(~five, ~one)
  ),
  `answers as rows, weighted` = list(
    `t2b-pooled index` = effect(~top, ~weight),
    `mean5 index` = effect(~five, ~weight)
  ),
  `mean of the first five strata` = list(`t2b-pooled index` = mean_of_strata(data$stratum <= 5))
)

source(file.path(here, "json.R"))
write_cases(cases, "index", here)
