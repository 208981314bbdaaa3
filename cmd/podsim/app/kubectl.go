package app

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models/generate"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/kubectl"
)

// kubectl groups what podsim does as kubectl does it.
func (s *session) kubectl() *cobra.Command {
	command := &cobra.Command{
		Use:   "kubectl",
		Short: "write manifests, and look at runs, with the commands of kubectl",
		Long: `Takes commands as kubectl does. run, create, expose and autoscale write manifests, which
podsim run -f - takes: there is no cluster to create anything in, so that each is a dry
run. get, describe and logs look at a finished run, as the verbs of podsim of these names.`,
		Example: `  podsim kubectl run web --image=nginx --port=80 -o yaml | podsim run -f -
  podsim kubectl create deployment web --image=nginx --replicas=3 -o yaml
  podsim kubectl get pods -A out/`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.AddCommand(s.kubectlRun(), s.kubectlCreate(), s.kubectlExpose(), s.kubectlAutoscale(), s.get(), s.describeObjects(), s.logs())
	return command
}

// generated are the flags of what writes manifests.
type generated struct {
	output, namespace, dryRun string
	did                       string // what kubectl says it has done; empty is created
}

func (g *generated) add(flags *pflag.FlagSet) {
	flags.StringVarP(&g.output, "output", "o", "", "yaml, json or name; else only what was made is told")
	flags.StringVarP(&g.namespace, "namespace", "n", "", "the namespace of the objects")
	flags.StringVar(&g.dryRun, "dry-run", "client", "client, server or none, which say the same here")
	flags.Lookup("dry-run").NoOptDefVal = "client"
}

// write writes objects as kubectl prints them.
func (g *generated) write(w io.Writer, objects []generate.Object, err error) error {
	if err != nil {
		return fmt.Errorf("error: %w", err)
	}
	done := map[string]string{"client": " (dry run)", "none": " (dry run)", "server": " (server dry run)"}[g.dryRun]
	if done == "" {
		return fmt.Errorf(`error: invalid dry-run value (%v). Must be "none", "server", or "client"`, g.dryRun)
	}
	for i, o := range objects {
		text := reports.Visible(o.Type + "/" + o.Name)
		switch g.output {
		case "":
			text += " " + cmp.Or(g.did, "created") + done + "\n"
		case "name":
			text += "\n"
		default:
			json, err := o.JSON()
			if err != nil {
				return err
			}
			if text = string(json); g.output == "yaml" {
				if text, err = asYAML(json); err != nil {
					return err
				}
				if i > 0 {
					text = "---\n" + text
				}
			}
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

// asYAML turns JSON into YAML in kubectl's layout.
func asYAML(text []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value map[string]any
	if err := d.Decode(&value); err != nil {
		return "", err
	}
	return kubectl.YAML(value), nil
}

var generatedOutputs = []string{"", "yaml", "json", "name"}

func (s *session) kubectlRun() *cobra.Command {
	var g generated
	var r generate.Run
	command := &cobra.Command{
		Use:   "run NAME --image=IMAGE [flags] [-- ARG...]",
		Short: "write the manifest of a pod that runs an image",
		Long: `Writes the manifest that kubectl run makes: a Pod. --replicas makes a Deployment and
--schedule a CronJob, as older versions of kubectl did, and so do their --generator names.`,
		Example: `  podsim kubectl run nginx --image=nginx --dry-run=client -o yaml
  podsim kubectl run web --image=nginx --port=80 --expose -o yaml | podsim run -f -
  podsim kubectl run web --image=nginx --replicas=3 --requests=cpu=100m,memory=128Mi -o yaml
  podsim kubectl run report --image=report:1 --schedule='*/5 * * * *' --restart=OnFailure -o yaml`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 || c.ArgsLenAtDash() == 0 {
				return errors.New("error: NAME is required for run")
			}
			r.Name, r.Args, r.Namespace = args[0], args[1:], g.namespace
			objects, err := r.Objects()
			return g.write(s.stdout, objects, err)
		},
	}
	flags := command.Flags()
	g.add(flags)
	flags.StringVar(&r.Image, "image", "", "the image of the container")
	flags.StringVar(&r.PullPolicy, "image-pull-policy", "", "Always, IfNotPresent or Never")
	flags.StringVar(&r.Port, "port", "", "the port of the container")
	flags.StringVarP(&r.Labels, "labels", "l", "", "labels such as app=web,tier=front (default: run=NAME)")
	flags.StringArrayVar(&r.Env, "env", nil, "an environment variable such as COLOR=blue (repeatable)")
	flags.StringVar(&r.Requests, "requests", "", "requests such as cpu=100m,memory=128Mi")
	flags.StringVar(&r.Limits, "limits", "", "limits such as cpu=200m,memory=256Mi")
	flags.StringVar(&r.Restart, "restart", "", "Always, OnFailure or Never (default: Always for a pod)")
	flags.BoolVar(&r.Command, "command", false, "ARG... is the command, not its arguments")
	flags.BoolVar(&r.Expose, "expose", false, "make a Service for the port, too")
	flags.Int32Var(&r.Replicas, "replicas", 0, "make a Deployment of so many pods, as older versions did")
	flags.StringVar(&r.Schedule, "schedule", "", "make a CronJob, as older versions did")
	flags.StringVar(&r.Generator, "generator", "", "make what older versions made by this name, such as job/v1")
	return oneOf(command, &g.output, generatedOutputs...)
}

func (s *session) kubectlCreate() *cobra.Command {
	command := &cobra.Command{
		Use:   "create",
		Short: "write the manifest of a deployment, job or cronjob",
		Long:  "Writes the manifest that kubectl create makes.",
		Example: `  podsim kubectl create deployment web --image=nginx --replicas=3 --port=80 -o yaml
  podsim kubectl create job pi --image=perl:5.34 -o yaml -- perl -Mbignum=bpi -wle 'print bpi(2000)'
  podsim kubectl create cronjob hello --image=busybox --schedule='*/1 * * * *' -o yaml`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.AddCommand(
		s.create("deployment", []string{"deploy", "dep"}, (*generate.Create).Deployment),
		s.create("job", nil, (*generate.Create).Job),
		s.create("cronjob", []string{"cj"}, (*generate.Create).CronJob),
	)
	return command
}

// create makes the verb that writes one kind.
func (s *session) create(kind string, aliases []string, build func(*generate.Create) (generate.Object, error)) *cobra.Command {
	var g generated
	var o generate.Create
	use := kind + " NAME --image=IMAGE [flags] [-- COMMAND...]"
	command := &cobra.Command{
		Use:     use,
		Aliases: aliases,
		Short:   "write the manifest of a " + kind,
		Long:    "Writes the manifest that kubectl create " + kind + " makes.",
		RunE: func(c *cobra.Command, args []string) error {
			names := c.ArgsLenAtDash()
			if names < 0 {
				names = len(args)
			}
			if names != 1 {
				return fmt.Errorf("error: exactly one NAME is required, got %d", names)
			}
			o.Name, o.Command, o.Namespace = args[0], args[1:], g.namespace
			object, err := build(&o)
			return g.write(s.stdout, []generate.Object{object}, err)
		},
	}
	example := "  podsim kubectl create " + kind + " web --image=nginx"
	flags := command.Flags()
	g.add(flags)
	flags.StringSliceVar(&o.Images, "image", nil, "the image of the container")
	switch kind {
	case "deployment":
		flags.Int32VarP(&o.Replicas, "replicas", "r", 1, "how many pods")
		flags.Int32Var(&o.Port, "port", -1, "the port of the container")
	case "cronjob":
		flags.StringVar(&o.Schedule, "schedule", "", "when, in the format of cron")
		flags.StringVar(&o.Restart, "restart", "", "OnFailure or Never (default: OnFailure)")
		example += " --schedule='*/5 * * * *'"
	}
	command.Example = strings.Join([]string{example + " -o yaml", example + " -o yaml | podsim run -f -"}, "\n")
	return oneOf(command, &g.output, generatedOutputs...)
}
