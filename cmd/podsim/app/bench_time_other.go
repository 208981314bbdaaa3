//go:build !unix

package app

import "time"

// processTime is not known here.
func processTime() time.Duration { return 0 }
