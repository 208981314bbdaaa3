package kubescheduler

import (
	"fmt"
	"slices"

	configv1 "k8s.io/kube-scheduler/config/v1"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/scheme"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/validation"
)

// configuration returns what the real scheduler makes of a world's configuration.
func configuration(w *World) (*config.KubeSchedulerConfiguration, error) {
	if w.Config == "" {
		return configure(w.Percentage, knownPlugins())
	}
	o, kind, err := scheme.Codecs.UniversalDecoder().Decode([]byte(w.Config), nil, nil)
	if err != nil {
		return nil, err
	}
	out, ok := o.(*config.KubeSchedulerConfiguration)
	if !ok {
		return nil, fmt.Errorf("not a KubeSchedulerConfiguration: %s", kind)
	}
	out.APIVersion = kind.GroupVersion().String()
	if err := validation.ValidateKubeSchedulerConfiguration(out); err != nil {
		return nil, err
	}
	out.Parallelism, out.PercentageOfNodesToScore = 1, &w.Percentage
	return out, nil
}

// configure returns the default configuration with the plugins disabled that are
// not among known, as a user would disable them.
func configure(percentage int32, known []string) (*config.KubeSchedulerConfiguration, error) {
	standard, err := latest.Default()
	if err != nil {
		return nil, err
	}
	var disabled []configv1.Plugin
	for _, plugin := range standard.Profiles[0].Plugins.MultiPoint.Enabled {
		if !slices.Contains(known, plugin.Name) {
			disabled = append(disabled, configv1.Plugin{Name: plugin.Name})
		}
	}
	one := int32(1)
	versioned := &configv1.KubeSchedulerConfiguration{
		Parallelism: &one, PercentageOfNodesToScore: &percentage,
		Profiles: []configv1.KubeSchedulerProfile{{
			Plugins: &configv1.Plugins{MultiPoint: configv1.PluginSet{Disabled: disabled}},
		}},
	}
	scheme.Scheme.Default(versioned)
	out := &config.KubeSchedulerConfiguration{}
	if err := scheme.Scheme.Convert(versioned, out, nil); err != nil {
		return nil, err
	}
	out.APIVersion = configv1.SchemeGroupVersion.String()
	return out, nil
}
