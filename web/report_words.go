package web

import (
	"slices"
	"strings"

	"ward/asset/device"
	"ward/report/paper"
)

// stateTexts are the English texts of stored words that reports name.
var stateTexts = map[string]string{
	"open": "open", "doing": "in progress", "waiting": "waiting", "done": "done", "dismissed": "dismissed", "gone": "no longer needed",
	"proposed": "waiting for a second person", "in_force": "in force", "expired": "expired", "revoked": "undone", "refused": "refused",
	"possible": "possible", "likely": "likely", "confirmed": "confirmed",
	"accept_risk": "risk accepted", "override_score": "score set by a person", "not_affected": "not affected", "label": "label",
}

// fieldTexts are the English texts of a device's fields.
var fieldTexts = map[device.Field]string{
	device.FieldKind: "Kind", device.FieldManufacturer: "Maker", device.FieldModel: "Model", device.FieldVersion: "Version", device.FieldOS: "Operating system",
	device.FieldSerial: "Serial number", device.FieldHostname: "Host name", device.FieldLocation: "Location", device.FieldDepartment: "Department", device.FieldOwner: "Owner",
}

func stateText(h *paper.Head, v string) string {
	if text, ok := stateTexts[v]; ok {
		return h.T(text)
	}
	return strings.ReplaceAll(v, "_", " ")
}

func fieldText(h *paper.Head, f device.Field) string {
	if text, ok := fieldTexts[f]; ok {
		return h.T(text)
	}
	return strings.ReplaceAll(string(f), "_", " ")
}

func kindText(h *paper.Head, name string) string {
	kinds := device.Kinds()
	if i := slices.IndexFunc(kinds, func(k device.Kind) bool { return k.Name == name }); i >= 0 {
		return h.T(kinds[i].Label)
	}
	if name == "" {
		return h.T("not known")
	}
	return strings.ReplaceAll(name, "_", " ")
}
