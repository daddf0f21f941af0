# Writes counts.csv, five series, and ears.csv, what surveillance::earsC makes of them: Rscript make_fixture.R
# Debian: apt-get install r-base-core r-cran-surveillance
suppressPackageStartupMessages(library(surveillance))

set.seed(7)
days <- 30
week <- rep(c(1.2, 1.2, 1.1, 1.1, 1.2, 0.7, 0.5), length.out = days)
counts <- cbind(
  sparse = rpois(days, 0.3),
  weekly = rpois(days, 20 * week),
  spiked = rpois(days, 5) + ifelse(seq_len(days) %in% c(12, 13, 25), 20, 0),
  constant = rep(3, days),
  step = rep(c(0, 4), c(15, 15))
)
sts <- new("sts", observed = counts, epoch = seq_len(days))
controls <- list(
  list(baseline = 7, minSigma = 0, alpha = NULL),
  list(baseline = 7, minSigma = 0.5, alpha = 0.01),
  list(baseline = 10, minSigma = 0, alpha = NULL)
)

version <- sprintf("# R %s.%s, surveillance %s\n", R.version$major, R.version$minor, packageVersion("surveillance"))
cat(version, file = "counts.csv")
suppressWarnings(write.table(counts, "counts.csv", append = TRUE, sep = ",", quote = FALSE, row.names = FALSE))

sink("ears.csv")
cat(version)
cat("series,method,baseline,min_sigma,alpha,day,observed,upperbound,is_alarm\n")
for (method in c("C1", "C2", "C3")) for (control in controls) {
  found <- suppressWarnings(earsC(sts, c(list(method = method), control)))
  used <- found@control
  for (series in colnames(counts)) for (row in seq_len(nrow(found))) {
    cat(sprintf(
      "%s,%s,%d,%g,%g,%d,%d,%s,%s\n", series, method, used$baseline, used$minSigma, used$alpha,
      as.integer(used$range[row]), as.integer(observed(found)[row, series]),
      format(upperbound(found)[row, series], digits = 15), alarms(found)[row, series]
    ))
  }
}
