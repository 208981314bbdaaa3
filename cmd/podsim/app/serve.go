package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/guard"
	"github.com/podsim/podsim/reports/serve"
)

// serveFlags are the flags of podsim serve.
type serveFlags struct {
	address     string
	allowRemote bool
	allowHosts  []string
}

func (s *session) serveReports() *cobra.Command {
	f := new(serveFlags)
	command := &cobra.Command{
		Use:   "serve DIR...",
		Short: "show the pages of all runs, comparisons and plans below folders, also while they go on",
		Long: `Serves an index of the runs, comparisons and plans that lie in the folders or below them,
and the page of each, to a browser on this machine. What is still going on is shown as
far as it is known, and loaded anew. Nothing in the folders is changed, and nothing but
pages of what podsim left there is served.

Only the loopback is listened on unless --allow-remote says otherwise, and only requests
that name localhost, the address of the server or an --allow-host are answered, so that
no page of another site can read what is served. There is no password: whoever reaches
the address may read. Ctrl-C ends it, with exit code 0.`,
		Example: `  podsim serve out/
  podsim serve runs/ experiments/ --listen 127.0.0.1:9000
  podsim serve . --listen 0.0.0.0:8080 --allow-remote --allow-host sim.example.org`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("which folders? Name those that podsim run -o, compare -o or plan -o wrote, or one above them")
			}
			return s.serveFolders(c.Context(), args, f)
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.address, "listen", "127.0.0.1:8080", "the address to serve at; port 0 takes a free one")
	flags.BoolVar(&f.allowRemote, "allow-remote", false, "let --listen serve other machines, too")
	flags.StringArrayVar(&f.allowHosts, "allow-host", nil, "also answer to this host name (repeatable)")
	return command
}

// serveFolders is podsim serve: open, listen, answer until Ctrl-C.
func (s *session) serveFolders(ctx context.Context, names []string, f *serveFlags) error {
	var folders []serve.Folder
	var problems []error
	for _, name := range names {
		root, err := os.OpenRoot(name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, dirs.Cause(err)))
			continue
		}
		defer root.Close()
		folders = append(folders, serve.Folder{Name: name, Root: root})
	}
	handler := serve.New(folders, servedKinds(ctx))
	server, err := guard.New(handler, f.allowHosts)
	if err != nil {
		problems = append(problems, fmt.Errorf("--allow-host: %w", err))
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	listener, err := guard.Listen(f.address, f.allowRemote)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	n, more := handler.Reports(), ""
	if n == 0 {
		more = "No folder here or below has what podsim run -o (" + logFile + "), compare -o (" + comparison.JSONFile + ")\nor plan -o (" + capacity.PlanJSONFile +
			") writes; what comes is listed when the page is loaded again.\n"
	}
	fmt.Fprintf(s.stdout, "Serving %s at http://%s/ until Ctrl-C\n%s", reports.Plural(n, "report"), listener.Addr(), more)
	if err := guard.Serve(ctx, server, listener); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	return nil
}
