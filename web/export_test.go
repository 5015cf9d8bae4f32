package web

// PublicPatterns are the patterns of the public listener's routes.
func PublicPatterns() []string {
	var all []string
	for _, r := range (PublicOptions{}).routes() {
		all = append(all, r.pattern)
	}
	return all
}

// Median is median.
var Median = median
