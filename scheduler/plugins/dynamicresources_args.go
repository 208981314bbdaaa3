package plugins

import (
	"time"

	"github.com/podsim/podsim/models"
)

// DynamicResourcesArgs are the arguments of DynamicResources. Without claims
// nobody has to wait for either.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type DynamicResourcesArgs struct {
	TypeMeta `json:",inline"`
	// FilterTimeout bounds the search for devices on one node; 0 does not bound it.
	FilterTimeout *time.Duration `json:"filterTimeout,omitempty"`
	// BindingTimeout bounds the wait for devices to become ready, at least 1s.
	BindingTimeout *time.Duration `json:"bindingTimeout,omitempty"`
}

// NewDynamicResources returns the plugin, or Problems with args.
// Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go (ValidateDynamicResourcesArgs).
func NewDynamicResources(args DynamicResourcesArgs, _ *models.Dictionary) (*DynamicResources, error) {
	var problems Problems
	args.check("DynamicResourcesArgs", &problems)
	if t := args.FilterTimeout; t != nil && *t < 0 {
		problems.add("filterTimeout", "negative (got %s; want 0 or more)", *t)
	}
	if t := args.BindingTimeout; t != nil && *t < time.Second {
		problems.add("bindingTimeout", "out of range (got %s; want at least 1s)", *t)
	}
	if err := problems.err(); err != nil {
		return nil, err
	}
	return &DynamicResources{}, nil
}
