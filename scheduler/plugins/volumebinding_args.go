package plugins

import "github.com/podsim/podsim/models"

// VolumeBindingArgs are the arguments of VolumeBinding.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type VolumeBindingArgs struct {
	TypeMeta `json:",inline"`
	// BindTimeoutSeconds is how long the original waits for volumes to be bound;
	// nobody has to wait here.
	BindTimeoutSeconds *int64 `json:"bindTimeoutSeconds,omitempty"`
	// Shape would score nodes if the gate StorageCapacityScoring were on.
	Shape []UtilizationShapePoint `json:"shape,omitempty"`
}

// NewVolumeBinding returns the plugin, or Problems with args.
func NewVolumeBinding(args VolumeBindingArgs, _ *models.Dictionary) (*VolumeBinding, error) {
	var problems Problems
	args.check("VolumeBindingArgs", &problems)
	if t := args.BindTimeoutSeconds; t != nil && *t < 0 {
		problems.add("bindTimeoutSeconds", "out of range (got %d; want >= 0)", *t)
	}
	if args.Shape != nil {
		problems.add("shape", "needs the feature gate StorageCapacityScoring, which is off")
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &VolumeBinding{}, nil
}
