"""The gates' error rates: labelled cases, mutants, a judge against known answers."""
