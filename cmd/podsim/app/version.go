package app

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models/oplog"
)

// Version is the version of podsim. A release sets it with -ldflags -X.
var Version = "0.1.0-dev"

func (s *session) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version",
		Long: `Prints the version of podsim, the commit that it was built from, the version of the
operation log (digests can be compared where it is the same) and that of Go.`,
		Example: "  podsim version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.stdout, "podsim %s (%s)\noperation log version %d\n%s %s/%s\n",
				Version, revision(), oplog.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// revision is the commit that the binary was built from, if it is known.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown revision"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return "unknown revision"
}
