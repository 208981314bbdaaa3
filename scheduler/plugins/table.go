package plugins

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// Entry is one line of the table of plugins.
type Entry struct {
	// Name is the name of the plugin in a KubeSchedulerConfiguration.
	Name string
	// Help says in one line what the plugin is for.
	Help string
	// Weight multiplies its scores in the default profile; 0 if it gives none.
	Weight int32
	// Default tells that it is part of the default profile.
	Default bool
	// Args is a pointer to a zero value of its arguments, to be decoded into a
	// fresh one of that type; nil if it takes none.
	Args any
	// New makes the plugin for a run. args is nil, which means defaults, or a
	// pointer of the type of Args. It does not keep or change args. The error is
	// Problems if values are wrong.
	New func(args any, d *models.Dictionary) (framework.Plugin, error)
}

// Table returns every plugin, in the order of the default profile.
// Source: pkg/scheduler/apis/config/v1/default_plugins.go.
func Table() []Entry {
	return []Entry{
		{
			Name: "SchedulingGates", Default: true,
			Help: "keeps pods with scheduling gates out of the queue",
			New:  without(func(*models.Dictionary) framework.Plugin { return NewSchedulingGates() }),
		},
		{
			Name: "PrioritySort", Default: true,
			Help: "orders the queue by priority, then by time of arrival",
			New:  without(func(*models.Dictionary) framework.Plugin { return &PrioritySort{} }),
		},
		{
			Name: "NodeUnschedulable", Default: true,
			Help: "rejects cordoned nodes",
			New:  without(func(d *models.Dictionary) framework.Plugin { return NewNodeUnschedulable(d) }),
		},
		{
			Name: "NodeName", Default: true,
			Help: "holds pods to the node named in their specification",
			New:  without(func(*models.Dictionary) framework.Plugin { return &NodeName{} }),
		},
		{
			Name: "TaintToleration", Default: true, Weight: 3,
			Help: "rejects nodes with taints that are not tolerated and prefers those with few",
			New:  without(func(*models.Dictionary) framework.Plugin { return &TaintToleration{} }),
		},
		{
			Name: "NodeAffinity", Default: true, Weight: 2, Args: new(NodeAffinityArgs),
			Help: "holds pods to nodes that match their node selector and node affinity",
			New:  with(NewNodeAffinity),
		},
		{
			Name: "NodePorts", Default: true,
			Help: "rejects nodes on which a host port of the pod is taken",
			New:  without(func(d *models.Dictionary) framework.Plugin { return NewNodePorts(d) }),
		},
		{
			Name: "NodeResourcesFit", Default: true, Weight: 1, Args: new(NodeResourcesFitArgs),
			Help: "rejects nodes without room for the pod's requests and scores how full nodes are",
			New:  with(NewNodeResourcesFit),
		},
		{
			Name: "VolumeRestrictions", Default: true,
			Help: "rejects nodes on which a disk of the pod is in use",
			New:  without(func(*models.Dictionary) framework.Plugin { return &VolumeRestrictions{} }),
		},
		{
			Name: "NodeVolumeLimits", Default: true,
			Help: "rejects nodes to which no more volumes can be attached",
			New:  without(func(*models.Dictionary) framework.Plugin { return &NodeVolumeLimits{} }),
		},
		{
			Name: "VolumeBinding", Default: true, Args: new(VolumeBindingArgs),
			Help: "holds pods to nodes that reach their volumes, or for which volumes can be found or made",
			New:  with(NewVolumeBinding),
		},
		{
			Name: "VolumeZone", Default: true,
			Help: "rejects nodes outside of the zones of the pod's volumes",
			New:  without(func(d *models.Dictionary) framework.Plugin { return NewVolumeZone(d) }),
		},
		{
			Name: "PodTopologySpread", Default: true, Weight: 2, Args: new(PodTopologySpreadArgs),
			Help: "spreads pods that belong together over topology domains",
			New:  with(NewPodTopologySpread),
		},
		{
			Name: "InterPodAffinity", Default: true, Weight: 2, Args: new(InterPodAffinityArgs),
			Help: "keeps pods together or apart as their affinity and that of the pods on nodes asks for",
			New:  with(NewInterPodAffinity),
		},
		{
			Name: "DynamicResources", Default: true, Weight: 2, Args: new(DynamicResourcesArgs),
			Help: "says for pods without resource claims what the original says",
			New:  with(NewDynamicResources),
		},
		{
			Name: "DefaultPreemption", Default: true, Args: new(DefaultPreemptionArgs),
			Help: "makes room for a pod that fits nowhere by deleting pods of lower priority",
			New:  with(NewDefaultPreemption),
		},
		{
			Name: "NodeResourcesBalancedAllocation", Default: true, Weight: 1, Args: new(NodeResourcesBalancedAllocationArgs),
			Help: "prefers nodes whose resources the pod would fill evenly",
			New:  with(NewNodeResourcesBalancedAllocation),
		},
		{
			Name: "ImageLocality", Default: true, Weight: 1,
			Help: "prefers nodes that hold the pod's images",
			New:  without(func(*models.Dictionary) framework.Plugin { return &ImageLocality{} }),
		},
		{
			Name: "DefaultBinder", Default: true,
			Help: "binds the pod to the chosen node",
			New:  without(func(*models.Dictionary) framework.Plugin { return &DefaultBinder{} }),
		},
		{
			Name: "NodeDeclaredFeatures", Default: true,
			Help: "rejects nodes that do not declare the features that the pod needs",
			New:  without(func(*models.Dictionary) framework.Plugin { return &NodeDeclaredFeatures{} }),
		},
		{
			Name: "FirstFit", Weight: 1,
			Help: "prefers the node that joined first",
			New:  without(func(*models.Dictionary) framework.Plugin { return &FirstFit{} }),
		},
		{
			Name: "BestFit", Weight: 1,
			Help: "prefers the node that the pod leaves with the least room",
			New:  without(func(*models.Dictionary) framework.Plugin { return &BestFit{} }),
		},
		{
			Name: "WorstFit", Weight: 1,
			Help: "prefers the node that the pod leaves with the most room",
			New:  without(func(*models.Dictionary) framework.Plugin { return &WorstFit{} }),
		},
		{
			Name: "Random", Weight: 1,
			Help: "prefers no node, so that ties decide",
			New:  without(func(*models.Dictionary) framework.Plugin { return &Random{} }),
		},
		{
			Name: "DotProduct", Weight: 1,
			Help: "prefers the node whose free resources are the most like the pod's requests",
			New:  without(func(*models.Dictionary) framework.Plugin { return &DotProduct{} }),
		},
	}
}

// with adapts the constructor of a plugin that takes arguments.
func with[Args any, P framework.Plugin](construct func(Args, *models.Dictionary) (P, error)) func(any, *models.Dictionary) (framework.Plugin, error) {
	return func(args any, d *models.Dictionary) (framework.Plugin, error) {
		var values Args
		switch a := args.(type) {
		case nil:
		case *Args:
			if a != nil {
				values = *a
			}
		default:
			return nil, fmt.Errorf("arguments of another type (got %T; want %T)", args, &values)
		}
		plugin, err := construct(values, d)
		if err != nil {
			return nil, err // not a typed nil
		}
		return plugin, nil
	}
}

// without adapts the constructor of a plugin that takes no arguments.
func without(construct func(*models.Dictionary) framework.Plugin) func(any, *models.Dictionary) (framework.Plugin, error) {
	return func(args any, d *models.Dictionary) (framework.Plugin, error) {
		if args != nil {
			return nil, fmt.Errorf("the plugin takes no arguments (got %T)", args)
		}
		return construct(d), nil
	}
}
