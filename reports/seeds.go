package reports

import (
	"strconv"
	"strings"
)

// seedsMost is how many seeds or ranges of them a line names.
const seedsMost = 8

// SeedRanges writes seeds, consecutive ones as a range: 1 to 30.
func SeedRanges(seeds []uint64) string {
	var parts []string
	for at := 0; at < len(seeds); {
		end := at
		for end+1 < len(seeds) && seeds[end+1] == seeds[end]+1 {
			end++
		}
		first := strconv.FormatUint(seeds[at], 10)
		switch end - at {
		case 0:
			parts = append(parts, first)
		case 1:
			parts = append(parts, first, strconv.FormatUint(seeds[end], 10))
		default:
			parts = append(parts, first+" to "+strconv.FormatUint(seeds[end], 10))
		}
		at = end + 1
	}
	if len(parts) > seedsMost+1 {
		parts = append(parts[:seedsMost:seedsMost], "…")
	}
	return strings.Join(parts, ", ")
}
