# The documented results of R's package survey on its school data (api), recomputed in full
# precision. From the root of the project:
#   Rscript tests/reference/api.R
# writes api.csv (the columns used, of the samples apistrat, apiclus1 and apiclus2) and api.json
# beside itself. No number in api.json comes from our own code. The rounded figures that the
# package's documentation prints stand in tests/analysis/test_estimators.py.

suppressPackageStartupMessages(library(survey))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
data(api)

rows <- function(name, data, population, cluster) {
  data.frame(sample = name, stype = data$stype, dnum = data$dnum, population = population,
             cluster_population = cluster, pw = data$pw, api00 = data$api00, api99 = data$api99,
             enroll = data$enroll, api.stu = data$api.stu)
}
all <- rbind(
  rows("strat", apistrat, apistrat$fpc, NA),
  rows("clus1", apiclus1, apiclus1$fpc, NA),
  rows("clus2", apiclus2, apiclus2$fpc1, apiclus2$fpc2)
)
write.csv(format(all, digits = 17, trim = TRUE), file.path(here, "api.csv"), row.names = FALSE,
          quote = FALSE)

designs <- list(
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc),
  clus1 = svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
)
found <- function(statistic, design) {
  limits <- confint(statistic, df = degf(design))
  c(estimate = unname(coef(statistic)), se = as.numeric(SE(statistic)), df = degf(design),
    low = limits[1], high = limits[2], deff = as.numeric(deff(statistic)))
}
known <- function(design) subset(design, !is.na(enroll) & !is.na(api.stu))
# Woodruff's interval about q is that of oldsvyquantile; svyquantile has the same estimate.
quantiles <- function(design, q) {
  old <- oldsvyquantile(~api00, design, q, ci = TRUE, method = "constant", f = 1, ties = "rounded")
  new <- svyquantile(~api00, design, q, qrule = "math")
  stopifnot(coef(new) == coef(old))
  c(estimate = unname(coef(old)), low = old$CIs[1], high = old$CIs[2], df = degf(design),
    se = as.numeric(SE(old)))
}
figures <- function(design) {
  high <- subset(design, stype == "H")
  both <- svyby(~api00, ~stype, design, svymean, covmat = TRUE)
  difference <- svycontrast(both, c(E = 1, H = -1))
  pair <- subset(design, stype %in% c("E", "H"))
  list(
    `mean api00` = found(svymean(~api00, design, deff = "replace"), design),
    `mean api99` = found(svymean(~api99, design, deff = "replace"), design),
    `mean E` = found(svymean(~I(as.numeric(stype == "E")), design, deff = "replace"), design),
    `mean api00 in H` = found(svymean(~api00, high, deff = "replace"), high),
    `mean enroll` = found(svymean(~enroll, known(design), deff = "replace"), known(design)),
    `total enroll` = found(svytotal(~enroll, known(design), deff = "replace"), known(design)),
    `total E` = found(svytotal(~I(as.numeric(stype == "E")), design, deff = "replace"), design),
    `ratio api.stu` = found(svyratio(~api.stu, ~enroll, known(design), deff = "replace"),
                            known(design)),
    `E minus H` = c(estimate = unname(coef(difference)), se = as.numeric(SE(difference)),
                    df = degf(pair)),
    `quantile 0.25` = quantiles(design, 0.25),
    `quantile 0.5` = quantiles(design, 0.5)
  )
}
cases <- lapply(designs, figures)
# The same districts as if drawn with replacement: ultimate clusters without correction.
cases$clus2[["mean api00 with replacement"]] <- found(
  svymean(~api00, svydesign(id = ~dnum + snum, weights = ~pw, data = apiclus2), deff = "replace"),
  designs$clus2
)

types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
for (name in c("clus1", "clus2")) {
  post <- postStratify(designs[[name]], ~stype, types)
  cases[[name]][["post-stratified api00"]] <- found(svymean(~api00, post, deff = "replace"), post)
  some <- subset(post, !is.na(enroll))
  cases[[name]][["post-stratified enroll"]] <- found(
    svymean(~enroll, post, na.rm = TRUE, deff = "replace"), some
  )
}
for (name in c("strat", "clus1")) {
  type <- if (name == "clus1") "JK1" else "JKn" # JK1 is JKn of one stratum
  replicates <- as.svrepdesign(designs[[name]], type = type, mse = TRUE)
  one <- svymean(~api00, replicates)
  two <- svyratio(~api.stu, ~enroll, replicates)
  cases[[name]][["jackknife api00"]] <- c(estimate = unname(coef(one)), se = as.numeric(SE(one)))
  cases[[name]][["jackknife ratio"]] <- c(estimate = unname(coef(two)), se = as.numeric(SE(two)))
}

source(file.path(here, "json.R"))
write_cases(cases, "api", here)
