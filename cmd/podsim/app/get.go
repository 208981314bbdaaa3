package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/kubectl"
)

func (s *session) get() *cobra.Command {
	var f objectFlags
	var output string
	var watch, noHeaders bool
	command := &cobra.Command{
		Use:   "get TYPE [NAME...] RUN",
		Short: "show the objects of a run as kubectl get shows those of a cluster",
		Long: `Shows the objects of a run at one moment of virtual time, as kubectl get would have
shown them: read from its operation log, with ages in virtual time. RUN is the folder
that podsim run -o wrote, or the log itself. TYPE is one or more of pods (po), nodes
(no), deployments (deploy), replicasets (rs), replicationcontrollers (rc), statefulsets
(sts), daemonsets (ds), jobs, cronjobs (cj), controllerrevisions, services (svc),
persistentvolumeclaims (pvc), persistentvolumes (pv), priorityclasses (pc),
resourcequotas (quota), limitranges (limits), namespaces (ns) and events (ev), or all.
What podsim does not simulate stays <none> or <unknown>.`,
		Example: `  podsim get pods -A -o wide --at 2h out/
  podsim get deploy,rs -l app=web --at 15m out/
  podsim get pod/web-74bb594948-bln2x -o yaml out/
  podsim get events --at 10m out/
  podsim get pods -w --at 2h out/`,
		Args: someArguments("TYPE", "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			q, err := f.query(args[:len(args)-1])
			if err != nil {
				return err
			}
			q.Output, q.NoHeaders = output, noHeaders
			log, err := openLog(args[len(args)-1])
			if err != nil {
				return err
			}
			defer log.file.Close()
			stand, err := standAt(c.Context(), log, f.at, q.NeedsEvents() || q.NeedsAddresses())
			if err != nil {
				return err
			}
			if watch {
				return s.watch(c.Context(), q, stand)
			}
			return s.show(q, stand)
		},
	}
	flags := command.Flags()
	f.add(flags)
	flags.StringVarP(&output, "output", "o", "", "wide, yaml, json or name")
	flags.BoolVarP(&watch, "watch", "w", false, "then print what changes, up to the end of the run")
	flags.BoolVar(&noHeaders, "no-headers", false, "leave out the line with the names of the columns")
	return oneOf(command, &output, append([]string{""}, kubectl.Outputs...)...)
}

// someArguments asks for at least these arguments.
func someArguments(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return fmt.Errorf("%s needs %s (see %s --help)", c.CommandPath(), names[len(args)], c.CommandPath())
		}
		return nil
	}
}

func (s *session) show(q *kubectl.Query, at *stand) error {
	w := bufio.NewWriterSize(s.stdout, 1<<16)
	found, err := q.Get(w, at.Moment)
	if flushed := w.Flush(); flushed != nil {
		return flushed
	}
	if err != nil || found || q.Output == "yaml" || q.Output == "json" {
		return err
	}
	fmt.Fprintln(s.stderr, noResources(q))
	return nil
}

// noResources is what kubectl says when it finds nothing.
func noResources(q *kubectl.Query) string {
	if q.AllNamespaces {
		return "No resources found"
	}
	return fmt.Sprintf("No resources found in %s namespace.", q.Namespace)
}

// watch shows objects, and what changes up to the end of the run.
func (s *session) watch(ctx context.Context, q *kubectl.Query, at *stand) error {
	w := bufio.NewWriterSize(s.stdout, 1<<16)
	changes, err := q.Begin(w, *at.Moment)
	if err == nil {
		at.replay.Cluster.Observe(changes)
		_, err = at.step(ctx, models.Never, changes.Advance)
		if at.Events != nil {
			at.Events.Flush()
		}
		err = errors.Join(err, changes.Advance(models.Never))
	}
	return errors.Join(err, w.Flush())
}
