package fingerprint

import _ "embed"

// tableID names a rule table. Adding one needs a row in tableFiles.
type tableID uint8

const (
	dicomImplementation tableID = iota
	dicomVersion
	hl7Sender
	productToken
	pageTitle
	sshBanner
	systemText
	userAgent
	dhcpClass
	dhcpParams
	hostName
	modelText
	certificateName
	serviceType
	aeTitle
	vendorDomain
	tableCount
)

var (
	//go:embed dicom_implementation.tsv
	dicomImplementationText string
	//go:embed dicom_version.tsv
	dicomVersionText string
	//go:embed hl7_sender.tsv
	hl7SenderText string
	//go:embed product.tsv
	productText string
	//go:embed page.tsv
	pageText string
	//go:embed ssh.tsv
	sshText string
	//go:embed system.tsv
	systemTextText string
	//go:embed agent.tsv
	agentText string
	//go:embed dhcp_class.tsv
	dhcpClassText string
	//go:embed dhcp_params.tsv
	dhcpParamsText string
	//go:embed host.tsv
	hostText string
	//go:embed model.tsv
	modelTextText string
	//go:embed certificate.tsv
	certificateText string
	//go:embed service_type.tsv
	serviceTypeText string
	//go:embed ae_title.tsv
	aeTitleText string
	//go:embed vendor_domain.tsv
	vendorDomainText string
)

// file is the name of the table's file, and the rule id of its claims.
func (id tableID) file() string {
	return [...]string{"dicom_implementation", "dicom_version", "hl7_sender", "product", "page", "ssh", "system",
		"agent", "dhcp_class", "dhcp_params", "host", "model", "certificate", "service_type", "ae_title", "vendor_domain"}[id]
}

func (id tableID) text() string {
	return [...]string{dicomImplementationText, dicomVersionText, hl7SenderText, productText, pageText, sshText, systemTextText,
		agentText, dhcpClassText, dhcpParamsText, hostText, modelTextText, certificateText, serviceTypeText, aeTitleText, vendorDomainText}[id]
}
