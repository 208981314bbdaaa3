package app

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models/generate"
	"github.com/podsim/podsim/models/yamlnode"
)

// targets are the objects that a command names, or that stand in a file.
func (s *session) targets(file string, args []string) ([]generate.Target, error) {
	if file == "" {
		target, err := generate.ParseTarget(args)
		if err != nil {
			return nil, fmt.Errorf("error: %w", err)
		}
		return []generate.Target{target}, nil
	}
	all, err := s.readTargets(file)
	if err != nil || len(args) == 0 {
		return all, err
	}
	named, err := generate.ParseTarget(args)
	if err != nil {
		return nil, fmt.Errorf("error: %w", err)
	}
	for i := range all {
		if all[i].Is(named) {
			return all[i : i+1], nil
		}
	}
	return nil, fmt.Errorf("error: %s has no %s %q", file, named.Kind, named.Name)
}

// readTargets reads the objects of a file, - being standard input.
func (s *session) readTargets(name string) (all []generate.Target, err error) {
	var r io.Reader = s.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("error: %w", err)
		}
		defer file.Close()
		r = file
	}
	documents, err := yamlnode.Parse(name, r)
	if err != nil {
		return nil, err
	}
	for _, document := range documents {
		nodes := []*yamlnode.Node{document.Root}
		if items := document.Root.Get("items"); items != nil {
			nodes = items.Items
		}
		for _, node := range nodes {
			text, err := node.JSON()
			if err != nil {
				return nil, fmt.Errorf("error: %s: %w", name, err)
			}
			target, err := generate.ReadTarget(text)
			if err != nil {
				return nil, fmt.Errorf("error: %s: %w", name, err)
			}
			all = append(all, target)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("error: %s has no objects", name)
	}
	return all, nil
}

func (s *session) kubectlExpose() *cobra.Command {
	var g generated
	var e generate.Expose
	var file string
	command := &cobra.Command{
		Use:   "expose (-f FILE | TYPE NAME | TYPE/NAME) [flags]",
		Short: "write the manifest of a Service for a pod or what makes pods",
		Long: `Writes the Service that kubectl expose makes. Selector, ports and labels come from the
object, whose manifest -f names; a TYPE and NAME choose it among those in the file.
Without the manifest there is nobody to ask for them: then give --selector and --port.`,
		Example: `  podsim kubectl expose deployment web -f app.yaml --port=80 --target-port=8080 -o yaml
  podsim kubectl expose deployment/web --selector=app=web --port=80 -o yaml
  podsim kubectl expose -f pod.yaml --type=NodePort -o yaml | podsim run -f pod.yaml -f -`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			targets, err := s.targets(file, args)
			if err != nil {
				return err
			}
			e.InNamespace = g.namespace
			var services []generate.Object
			for _, e.Target = range targets {
				service, err := e.Service()
				if err != nil {
					return fmt.Errorf("error: %w", err)
				}
				services = append(services, service)
			}
			g.did = "exposed"
			return g.write(s.stdout, services, nil)
		},
	}
	flags := command.Flags()
	g.add(flags)
	flags.StringVarP(&file, "filename", "f", "", "a file with the object, - for standard input")
	flags.StringVar(&e.ServiceName, "name", "", "the name of the Service (default: that of the object)")
	flags.StringVar(&e.Port, "port", "", "the ports of the Service, as in 80,443 (default: those of the object)")
	flags.StringVar(&e.TargetPort, "target-port", "", "the port of the pods, by number or name (default: that of the Service)")
	flags.StringVar(&e.Protocol, "protocol", "", "TCP, UDP or SCTP (default: that of the object, or TCP)")
	flags.StringVar(&e.Selector, "selector", "", "labels of the pods, such as app=web (default: those of the object)")
	flags.StringVarP(&e.Labels, "labels", "l", "", "labels of the Service (default: those of the object)")
	flags.StringVar(&e.Type, "type", "", "ClusterIP, NodePort, LoadBalancer or ExternalName (default: ClusterIP)")
	flags.StringVar(&e.ClusterIP, "cluster-ip", "", "the address of the Service; None makes it headless")
	flags.StringVar(&e.ExternalIP, "external-ip", "", "an address outside the cluster that leads to it")
	flags.StringVar(&e.LoadBalancerIP, "load-balancer-ip", "", "the address of its load balancer")
	flags.StringVar(&e.SessionAffinity, "session-affinity", "", "None or ClientIP")
	return oneOf(command, &g.output, generatedOutputs...)
}

func (s *session) kubectlAutoscale() *cobra.Command {
	var g generated
	var a generate.Autoscale
	var file string
	command := &cobra.Command{
		Use:   "autoscale (-f FILE | TYPE NAME | TYPE/NAME) --max=MAXPODS [flags]",
		Short: "write the manifest of an autoscaler",
		Long: `Writes the HorizontalPodAutoscaler that kubectl autoscale makes. What pods use is said by
a PodBehavior.`,
		Example: `  podsim kubectl autoscale deployment web --min=2 --max=10 --cpu=80% -o yaml
  podsim kubectl autoscale -f app.yaml --max=5 --cpu=500m --memory=200Mi -o yaml`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			targets, err := s.targets(file, args)
			if err != nil {
				return err
			}
			a.InNamespace = g.namespace
			var scalers []generate.Object
			for _, a.Target = range targets {
				scaler, err := a.HorizontalPodAutoscaler()
				if err != nil {
					return fmt.Errorf("error: %w", err)
				}
				scalers = append(scalers, scaler)
			}
			return g.write(s.stdout, scalers, nil)
		},
	}
	flags := command.Flags()
	g.add(flags)
	flags.StringVarP(&file, "filename", "f", "", "a file with the object, - for standard input")
	flags.StringVar(&a.ScalerName, "name", "", "the name of the autoscaler (default: that of the object)")
	flags.Int32Var(&a.Min, "min", -1, "the fewest pods (default: that of the server, 1)")
	flags.Int32Var(&a.Max, "max", -1, "the most pods")
	flags.StringVar(&a.CPU, "cpu", "", "the target for cpu: 80% of what is requested, or 500m a pod (default: that of the server, 80%)")
	flags.StringVar(&a.Memory, "memory", "", "the target for memory: 60% of what is requested, or 200Mi a pod")
	flags.Int32Var(&a.CPUPercent, "cpu-percent", -1, "as --cpu, in older versions")
	return oneOf(command, &g.output, generatedOutputs...)
}
