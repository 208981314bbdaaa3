package validation

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/diff"
)

// internalForm marshals an object of k8s.io/api as an API server marshals the internal
// object that it makes of it: fields by the names that they have in Go, none left out.
type internalForm struct{ of any }

// MarshalJSON implements json.Marshaler.
func (f internalForm) MarshalJSON() ([]byte, error) {
	w := &internalWriter{}
	w.value(reflect.ValueOf(f.of))
	return w.Bytes(), w.err
}

// specDiff is how a server shows what differs between two specifications.
// Source: k8s.io/apimachinery/pkg/util/diff (Diff).
func specDiff(old, next any) string { return diff.Diff(internalForm{old}, internalForm{next}) }

type internalWriter struct {
	bytes.Buffer
	err error
}

// internalOrder are the fields of internal types that differ from the published ones
// in more than the case of their names.
// Source: pkg/apis/core/types.go.
var internalOrder = map[reflect.Type][]string{
	reflect.TypeFor[corev1.PodSpec](): strings.Fields(`Volumes InitContainers Containers EphemeralContainers RestartPolicy
		TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy NodeSelector ServiceAccountName
		AutomountServiceAccountToken NodeName SecurityContext ImagePullSecrets Hostname Subdomain SetHostnameAsFQDN Affinity
		SchedulerName Tolerations HostAliases PriorityClassName Priority PreemptionPolicy DNSConfig ReadinessGates
		RuntimeClassName Overhead EnableServiceLinks TopologySpreadConstraints OS SchedulingGates ResourceClaims Resources
		HostnameOverride SchedulingGroup`),
	reflect.TypeFor[corev1.VolumeSource](): strings.Fields(`HostPath EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo
		Secret NFS ISCSI Glusterfs PersistentVolumeClaim RBD Quobyte FlexVolume Cinder CephFS Flocker DownwardAPI FC AzureFile
		ConfigMap VsphereVolume AzureDisk PhotonPersistentDisk Projected PortworxVolume ScaleIO StorageOS CSI Ephemeral Image`),
	reflect.TypeFor[corev1.PodSecurityContext](): strings.Fields(`SELinuxOptions WindowsOptions RunAsUser RunAsGroup
		RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls SeccompProfile
		AppArmorProfile SELinuxChangePolicy`),
}

// value writes any value.
func (w *internalWriter) value(v reflect.Value) {
	if !v.IsValid() {
		w.WriteString("null")
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			w.WriteString("null")
			return
		}
		if _, ok := v.Interface().(json.Marshaler); !ok {
			w.value(v.Elem())
			return
		}
	case reflect.Struct:
		if !published(v.Type()) {
			w.structure(v)
			return
		}
	case reflect.Slice:
		if !v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8 {
			w.list(v)
			return
		}
	case reflect.Map:
		if !v.IsNil() {
			w.mapping(v)
			return
		}
	}
	w.plain(v.Interface())
}

// published reports whether a type is one that internal objects share: its fields have
// the names of the API.
func published(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "k8s.io/apimachinery/")
}

func (w *internalWriter) plain(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		w.err = err
	}
	w.Write(text)
}

func (w *internalWriter) list(v reflect.Value) {
	w.WriteByte('[')
	for i := range v.Len() {
		w.comma('[')
		w.value(v.Index(i))
	}
	w.WriteByte(']')
}

func (w *internalWriter) mapping(v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	w.WriteByte('{')
	for _, key := range keys {
		w.comma('{')
		w.plain(key.String())
		w.WriteByte(':')
		w.value(v.MapIndex(key))
	}
	w.WriteByte('}')
}

// comma separates what follows from what stands before it, if anything does.
func (w *internalWriter) comma(opening byte) {
	if last := w.Bytes()[w.Len()-1]; last != opening {
		w.WriteByte(',')
	}
}

func (w *internalWriter) structure(v reflect.Value) {
	w.WriteByte('{')
	w.fields(v)
	w.WriteByte('}')
}

func (w *internalWriter) fields(v reflect.Value) {
	names, known := internalOrder[v.Type()]
	if !known {
		for i := range v.NumField() {
			names = append(names, v.Type().Field(i).Name)
		}
	}
	for _, name := range names {
		field, _ := v.Type().FieldByName(name)
		w.field(v, field, v.FieldByName(name))
	}
}

// field writes one field of a structure, or those of an embedded one.
func (w *internalWriter) field(of reflect.Value, field reflect.StructField, v reflect.Value) {
	if meta, ok := v.Interface().(metav1.ObjectMeta); ok && field.Anonymous {
		text, err := json.Marshal(meta)
		w.err = err
		if inner := bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("{")), []byte("}")); len(inner) > 0 {
			w.comma('{')
			w.Write(inner)
		}
		return
	}
	if field.Anonymous {
		w.fields(v)
		return
	}
	w.comma('{')
	w.plain(field.Name)
	w.WriteByte(':')
	if pod, ok := of.Interface().(corev1.PodSpec); ok && field.Name == "SecurityContext" {
		w.securityContext(&pod)
		return
	}
	if _, ok := of.Interface().(corev1.ServiceAccountTokenProjection); ok && field.Name == "ExpirationSeconds" && v.IsNil() {
		w.plain(0)
		return
	}
	w.value(v)
}

// securityContext writes the security context, where internally the namespaces of the
// node stand that a pod shares.
// Source: pkg/apis/core/v1/conversion.go (Convert_v1_PodSpec_To_core_PodSpec).
func (w *internalWriter) securityContext(pod *corev1.PodSpec) {
	w.WriteByte('{')
	for _, shared := range []struct {
		name string
		v    any
	}{
		{"HostNetwork", pod.HostNetwork}, {"HostPID", pod.HostPID}, {"HostIPC", pod.HostIPC},
		{"ShareProcessNamespace", pod.ShareProcessNamespace}, {"HostUsers", pod.HostUsers},
	} {
		w.comma('{')
		w.plain(shared.name)
		w.WriteByte(':')
		w.plain(shared.v)
	}
	own := pod.SecurityContext
	if own == nil {
		own = &corev1.PodSecurityContext{}
	}
	w.fields(reflect.ValueOf(*own))
	w.WriteByte('}')
}
