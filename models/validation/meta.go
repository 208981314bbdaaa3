package validation

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// immutable is what a server says of a field that changes and must not.
const immutable = apivalidation.FieldImmutableErrorMsg

var metadata = field.NewPath("metadata")

// objectMeta checks the metadata of a new object. The name must follow a rule.
// Source: k8s.io/apimachinery/pkg/api/validation (ValidateObjectMeta), pkg/apis/core/validation.
func objectMeta(meta *metav1.ObjectMeta, namespaced bool, rule apivalidation.ValidateNameFunc) field.ErrorList {
	// A server has generated a name before it checks it, and knows no object without
	// namespace; both are left to whoever reads the object.
	named := bare(meta)
	if named.Name == "" && named.GenerateName != "" {
		named.Name = GeneratedName(named.GenerateName, "xxxxx")
	}
	if namespaced && named.Namespace == "" {
		named.Namespace = metav1.NamespaceDefault
	}
	errs := apivalidation.ValidateObjectMeta(&named, namespaced, rule, metadata)
	errs = append(errs, sharedMeta(meta, metadata)...)
	return append(errs, finalizers(meta)...)
}

// GeneratedName is the name that a server makes of a prefix and a random ending.
// Source: k8s.io/apiserver/pkg/storage/names/generate.go.
func GeneratedName(base, random string) string {
	const longest = 63
	return base[:min(len(base), longest-len(random))] + random
}

// objectMetaUpdate checks the metadata of an object that changes.
// Source: k8s.io/apimachinery/pkg/api/validation (ValidateObjectMetaUpdate).
func objectMetaUpdate(next, old *metav1.ObjectMeta) field.ErrorList {
	var errs field.ErrorList
	if old.DeletionTimestamp != nil {
		errs = append(errs, apivalidation.ValidateNoNewFinalizers(next.Finalizers, old.Finalizers, metadata.Child("finalizers"))...)
	}
	for _, same := range []struct {
		name      string
		next, old any
	}{{"name", next.Name, old.Name}, {"namespace", next.Namespace, old.Namespace}, {"uid", next.UID, old.UID}} {
		errs = append(errs, apivalidation.ValidateImmutableField(same.next, same.old, metadata.Child(same.name))...)
	}
	errs = append(errs, sharedMeta(next, metadata)...)
	return append(errs, finalizers(next)...)
}

// sharedMeta checks labels, annotations and owners. Where the original asks maps in
// their random order, this one does so in that of the keys.
func sharedMeta(meta *metav1.ObjectMeta, path *field.Path) field.ErrorList {
	errs := labelsOf(meta.Labels, path.Child("labels"))
	errs = append(errs, annotations(meta.Annotations, path.Child("annotations"))...)
	return append(errs, apivalidation.ValidateOwnerReferences(meta.OwnerReferences, path.Child("ownerReferences"))...)
}

// bare returns metadata without what sharedMeta and finalizers check.
func bare(meta *metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: meta.Name, GenerateName: meta.GenerateName, Namespace: meta.Namespace, Generation: meta.Generation}
}

func labelsOf(labels map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		errs = append(errs, metavalidation.ValidateLabels(map[string]string{key: labels[key]}, path)...)
	}
	return errs
}

func annotations(all map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(all)) {
		for _, wrong := range validation.IsQualifiedName(strings.ToLower(key)) {
			errs = append(errs, field.Invalid(path, key, wrong))
		}
	}
	if apivalidation.ValidateAnnotationsSize(all) != nil {
		errs = append(errs, field.TooLong(path, "", apivalidation.TotalAnnotationSizeLimitB))
	}
	return errs
}

// finalizers checks the names of finalizers.
// Source: k8s.io/apimachinery/pkg/api/validation (ValidateFinalizers), pkg/apis/core/validation
// (validateKubeFinalizerName).
func finalizers(meta *metav1.ObjectMeta) field.ErrorList {
	path := metadata.Child("finalizers")
	errs := apivalidation.ValidateFinalizers(meta.Finalizers, path)
	standard := []string{"kubernetes", metav1.FinalizerOrphanDependents, metav1.FinalizerDeleteDependents}
	for i, name := range meta.Finalizers {
		if !strings.Contains(name, "/") && !slices.Contains(standard, name) {
			errs = append(errs, field.Invalid(path.Index(i), name, "name is neither a standard finalizer name nor is it fully qualified"))
		}
	}
	return errs
}

// equal reports whether two values say the same, nil being like empty.
func equal(a, b any) bool { return equality.Semantic.DeepEqual(a, b) }

// unchanged checks that a field has not changed. shown is the new value as a server
// shows it.
func unchanged(next, old, shown any, path *field.Path) field.ErrorList {
	if equal(next, old) {
		return nil
	}
	return field.ErrorList{field.Invalid(path, shown, immutable)}
}

func notNegative[N int32 | int64](n N, path *field.Path) field.ErrorList {
	return apivalidation.ValidateNonnegativeField(int64(n), path)
}

func optionalNotNegative[N int32 | int64](n *N, path *field.Path) field.ErrorList {
	if n == nil {
		return nil
	}
	return notNegative(*n, path)
}

// invalid makes an error of each thing that is wrong with a value.
func invalid(value any, path *field.Path, wrong []string) field.ErrorList {
	var errs field.ErrorList
	for _, text := range wrong {
		errs = append(errs, field.Invalid(path, value, text))
	}
	return errs
}

func dnsLabel(value string, path *field.Path) field.ErrorList {
	return invalid(value, path, validation.IsDNS1123Label(value))
}

func qualifiedName(value string, path *field.Path) field.ErrorList {
	return invalid(value, path, validation.IsQualifiedName(value))
}

// oneOf checks a word against those that are known. With required, it must be given.
func oneOf[T ~string](word T, path *field.Path, required bool, known ...T) field.ErrorList {
	switch {
	case word == "" && required:
		return field.ErrorList{field.Required(path, "")}
	case !slices.Contains(known, word):
		return field.ErrorList{field.NotSupported(path, word, known)}
	}
	return nil
}

func labelSelector(s *metav1.LabelSelector, path *field.Path) field.ErrorList {
	return metavalidation.ValidateLabelSelector(s, metavalidation.LabelSelectorValidationOptions{}, path)
}
