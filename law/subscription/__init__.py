"""Housing subscription (주택청약): who may apply, in which order, with what effect."""
