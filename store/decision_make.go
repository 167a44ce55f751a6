package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ward/asset/device"
)

// justifications are the words of VEX for "not affected" (OpenVEX 0.2.0, CSAF
// 2.0 section 3.2.3.5).
var justifications = []string{"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
	"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"}

// labelFields are what a person may say about a device.
var labelFields = []device.Field{device.FieldManufacturer, device.FieldModel, device.FieldModelNumber, device.FieldKind, device.FieldRole,
	device.FieldOS, device.FieldVersion, device.FieldSerial, device.FieldHostname, device.FieldLocation, device.FieldDepartment,
	device.FieldTier, device.FieldAssetID, device.FieldOwner}

// maxValue bounds the value of a decision, in bytes.
const maxValue = 500

// validate refuses a decision that is not complete.
func (d *Decision) validate(now time.Time) error {
	if err := needReason(d.Reason); err != nil {
		return err
	}
	if len(d.Value) > maxValue {
		return fmt.Errorf("%w: the value is longer than %d letters", ErrRefused, maxValue)
	}
	switch d.Kind {
	case Label:
		if d.Device == "" || !slices.Contains(labelFields, d.Field) || strings.TrimSpace(d.Value) == "" {
			return fmt.Errorf("%w: a label needs a device, a field and a value", ErrRefused)
		}
		if t := device.TierName(d.Value); d.Field == device.FieldTier && !slices.Contains([]device.TierName{"T0", "T1", "T2", "T3", "T4"}, t) {
			return fmt.Errorf("%w: a tier is T0 to T4", ErrRefused)
		}
		return nil
	case OverrideScore:
		if n, err := strconv.ParseFloat(d.Value, 64); err != nil || !(n >= 0 && n <= 100) {
			return fmt.Errorf("%w: a score is a number from 0 to 100", ErrRefused)
		}
	case NotAffected:
		if !slices.Contains(justifications, d.Value) {
			return fmt.Errorf("%w: say why it is not affected: %s", ErrRefused, strings.Join(justifications, ", "))
		}
	case AcceptRisk:
		if d.Value != "" {
			return fmt.Errorf("%w: an accepted risk has no value", ErrRefused)
		}
	default:
		return fmt.Errorf("%w: %q is no kind of decision", ErrRefused, d.Kind)
	}
	switch {
	case d.Vulnerability == "":
		return fmt.Errorf("%w: name the vulnerability", ErrRefused)
	case !d.Expires.After(now):
		return fmt.Errorf("%w: a decision needs an end in the future", ErrRefused)
	case d.Expires.After(now.Add(MaxAcceptDays * day)):
		return fmt.Errorf("%w: a decision ends after at most %d days; decide again then", ErrRefused, MaxAcceptDays)
	}
	return nil
}

// Decide stores a decision. Where needsSecond is true it is only proposed. It
// refuses a missing reason, a missing or too distant end, an unknown value. It
// writes the audit trail.
func (s *Store) Decide(ctx context.Context, d Decision, needsSecond bool, by Actor) (Decision, error) {
	now := s.Now()
	d.Reason, d.Value, d.Vulnerability = clean(d.Reason), clean(d.Value), clean(d.Vulnerability)
	if err := d.validate(now); err != nil {
		return d, err
	}
	if d.Kind == Label {
		d.Vulnerability, d.Expires = "", time.Time{}
	} else {
		d.Field = ""
	}
	d.ID, d.By, d.State = newID(), by.ID, InForce
	d.At, d.Expires = fromMicros(micros(now)), fromMicros(micros(d.Expires))
	d.SecondBy, d.SecondAt, d.SecondReason = "", time.Time{}, ""
	if needsSecond {
		d.State = Proposed
	}
	err := s.inTx(ctx, func(t *tx) error {
		var num int64
		if d.Device != "" {
			var err error
			if num, err = number(t, d.Device); err != nil {
				return err
			}
		}
		_, err := t.exec(`INSERT INTO decision (id, kind, device, vulnerability, field, value, reason, author, at, expires)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			d.ID, string(d.Kind), string(d.Device), d.Vulnerability, string(d.Field), d.Value, d.Reason, d.By, micros(d.At), micros(d.Expires))
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO decision_state (decision, state, device, vulnerability, at, expires, second_by, second_at, second_reason)
			VALUES (?, ?, ?, ?, ?, ?, '', 0, '')`, d.ID, string(d.State), num, d.Vulnerability, micros(d.At), micros(d.Expires))
		if err != nil {
			return err
		}
		return t.step(&d, d.State, d.Reason, now, by)
	})
	if err != nil {
		return d, err
	}
	s.decided(&d)
	return d, nil
}

// step appends what happened to a decision, to its events, the history and the
// audit trail.
func (t *tx) step(d *Decision, to DecisionState, reason string, now time.Time, by Actor) error {
	_, err := t.exec("INSERT INTO decision_event (decision, state, author, at, reason) VALUES (?, ?, ?, ?, ?)", d.ID, string(to), by.ID, micros(now), reason)
	if err != nil {
		return err
	}
	c := changeRow{at: now, kind: "decision", vulnerability: d.Vulnerability, text: d.words(to) + ": " + reason, cause: by.Name}
	if d.Device != "" {
		if c.device, err = number(t, d.Device); err != nil {
			return err
		}
	}
	if err := t.putChanges([]changeRow{c}); err != nil {
		return err
	}
	object := "decision:" + d.ID
	if d.Device != "" || d.Vulnerability != "" {
		object = strings.TrimSpace("finding:" + string(d.Device) + " " + d.Vulnerability)
	}
	if d.Kind == Label {
		object = "device:" + string(d.Device)
	}
	detail := asJSON(map[string]string{"decision": d.ID, "state": string(to), "field": string(d.Field), "value": d.Value, "reason": reason})
	return t.audit(now, by, "decision."+string(d.Kind), object, detail)
}

// words names a decision in the history.
func (d *Decision) words(to DecisionState) string {
	what := strings.ReplaceAll(string(d.Kind), "_", " ")
	if d.Kind == Label {
		what += " " + string(d.Field)
	}
	if d.Value != "" {
		what += " " + d.Value
	}
	return what + " is " + strings.ReplaceAll(string(to), "_", " ")
}

func (s *Store) decided(d *Decision) {
	s.changed(TopicFindings, d.ID)
	s.changed(TopicWorklist, "")
	if d.Kind == Label {
		s.changed(TopicDevices, string(d.Device))
	}
}
