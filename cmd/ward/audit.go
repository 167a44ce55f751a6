package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ward/store"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Go through the whole audit trail and find any change."`
}

type auditVerifyCmd struct {
	place
	Noted string `placeholder:"SEQ:HASH" help:"An entry noted earlier: it must still be there. So an end that was cut off is found too."`
}

// Help is printed by ward audit verify --help.
func (auditVerifyCmd) Help() string {
	return `Each entry of the audit trail holds the hash of the one before. A changed, removed or
inserted entry breaks the chain. Only a cut-off end does not: note the last line that this
command prints somewhere else, and give it the next time.

  ward audit verify
  ward audit verify --noted 4711:9f86d081...

The hub may be running. Exit status 1: the trail was changed.`
}

// shownFaults bounds what is listed.
const shownFaults = 20

// Run verifies the trail.
func (c *auditVerifyCmd) Run(ctx context.Context) error {
	seq, hash, err := noted(c.Noted)
	if err != nil {
		return err
	}
	s, _, err := c.read(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	n, head, faults, err := s.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if seq > 0 {
		fault, err := missing(ctx, s, seq, hash)
		if err != nil {
			return err
		}
		faults = append(faults, fault...)
	}
	for _, f := range faults[:min(len(faults), shownFaults)] {
		fmt.Printf("entry %d: %s\n", f.Seq, f.Text)
	}
	if len(faults) > 0 {
		fmt.Printf("%d entries, CHANGED: %d faults\n", n, len(faults))
		fmt.Println("hint: keep a copy of the data folder, tell the security officer, compare with the last backup")
		return errDamaged
	}
	fmt.Printf("%d entries, unchanged\n", n)
	if n > 0 {
		fmt.Printf("noted: %d:%s\n", n, head)
	}
	return nil
}

// noted reads SEQ:HASH.
func noted(text string) (seq int64, hash string, err error) {
	if text == "" {
		return 0, "", nil
	}
	number, hash, found := strings.Cut(strings.TrimSpace(text), ":")
	seq, err = strconv.ParseInt(number, 10, 64)
	if err != nil || !found || seq < 1 || len(hash) != 64 {
		return 0, "", errors.New("--noted: write it as ward audit verify printed it: number, colon, 64 digits")
	}
	return seq, hash, nil
}

// missing tells whether a noted entry is no longer as it was.
func missing(ctx context.Context, s *store.Store, seq int64, hash string) ([]store.AuditFault, error) {
	list, err := s.AuditTrail(ctx, store.AuditFilter{Before: seq + 1, Limit: 1})
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0 || list[0].Seq != seq:
		return []store.AuditFault{{Seq: seq, Text: "the noted entry is gone: the end of the trail was cut off"}}, nil
	case list[0].Hash != strings.ToLower(hash):
		return []store.AuditFault{{Seq: seq, Text: "the noted entry has another hash: the trail was written anew"}}, nil
	}
	return nil, nil
}
