package app

import (
	"bufio"
	"fmt"

	"github.com/spf13/cobra"
)

func (s *session) describeObjects() *cobra.Command {
	var f objectFlags
	command := &cobra.Command{
		Use:   "describe TYPE [NAME...] RUN",
		Short: "describe objects of a run as kubectl describe does those of a cluster",
		Long: `Describes objects of a run at one moment of virtual time, with their Events, as kubectl
describe would have done: read from its operation log. RUN is the folder that podsim run
-o wrote, or the log itself. TYPE is one or more of those that podsim get
knows, but events. A NAME that no object has stands for those that begin with it.`,
		Example: `  podsim describe pod web --at 10m out/
  podsim describe node/node-1 --at 11m out/
  podsim describe deploy -l app=web out/`,
		Args: someArguments("TYPE", "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			q, err := f.query(args[:len(args)-1])
			if err != nil {
				return err
			}
			log, err := openLog(args[len(args)-1])
			if err != nil {
				return err
			}
			defer log.file.Close()
			stand, err := standAt(c.Context(), log, f.at, true)
			if err != nil {
				return err
			}
			w := bufio.NewWriterSize(s.stdout, 1<<16)
			found, err := q.Describe(w, stand.Moment)
			if flushed := w.Flush(); flushed != nil {
				return flushed
			}
			if err == nil && !found {
				fmt.Fprintln(s.stderr, noResources(q))
			}
			return err
		},
	}
	f.add(command.Flags())
	return command
}
