// Command plugin is podsim with a scheduling plugin of its own.
package main

import (
	"os"

	"github.com/podsim/podsim/cmd/podsim/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, app.WithPlugin(entry)))
}
