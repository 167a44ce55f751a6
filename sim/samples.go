package sim

// softwareFlaws are those of the NVD sample: software and its CVEs.
var softwareFlaws = map[string][]string{"Apache Tomcat 8.5.5": {"CVE-2016-8735", "CVE-2020-1938"}, "Apache HTTP Server 2.4.41": {"CVE-2021-40438"}}

// kevSample holds the true entries of the catalogue that concern the example.
const kevSample = `{
  "title": "Ward example feed: entries of the catalogue of known exploited vulnerabilities", "catalogVersion": "2026.03.01", "dateReleased": "2026-03-01T00:00:00Z", "count": 4,
  "vulnerabilities": [
    {"cveID": "CVE-2019-0708", "vendorProject": "Microsoft", "product": "Remote Desktop Services", "vulnerabilityName": "Remote Desktop Services remote code execution (BlueKeep)", "dateAdded": "2021-11-03",
     "shortDescription": "Code sent to the remote desktop service runs without a login.", "requiredAction": "Apply updates per vendor instructions.", "dueDate": "2022-05-03", "knownRansomwareCampaignUse": "Known", "notes": "", "cwes": ["CWE-416"]},
    {"cveID": "CVE-2020-1938", "vendorProject": "Apache", "product": "Tomcat", "vulnerabilityName": "Apache Tomcat AJP file read and inclusion", "dateAdded": "2022-03-03",
     "shortDescription": "The AJP connector trusts who reaches it.", "requiredAction": "Apply updates per vendor instructions.", "dueDate": "2022-03-17", "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": []},
    {"cveID": "CVE-2016-8735", "vendorProject": "Apache", "product": "Tomcat", "vulnerabilityName": "Apache Tomcat remote code execution by its JMX listener", "dateAdded": "2023-05-12",
     "shortDescription": "A listener for remote management takes objects from anyone.", "requiredAction": "Apply updates per vendor instructions.", "dueDate": "2023-06-02", "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": ["CWE-284"]},
    {"cveID": "CVE-2021-40438", "vendorProject": "Apache", "product": "Apache", "vulnerabilityName": "Apache HTTP Server request forwarding by mod_proxy", "dateAdded": "2021-12-01",
     "shortDescription": "A request can make the proxy module forward to a host that the sender chooses.", "requiredAction": "Apply updates per vendor instructions.", "dueDate": "2021-12-15", "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": ["CWE-918"]}
  ]
}
`

// epssSample has the shape of the daily file; the figures are made up.
const epssSample = `#model_version:ward-example,score_date:2026-03-01T00:00:00Z
cve,epss,percentile
CVE-2016-8735,0.93500,0.99800
CVE-2019-0708,0.94400,0.99990
CVE-2020-1938,0.94400,0.99980
CVE-2021-40438,0.94400,0.99970
CVE-2020-16216,0.00080,0.24000
CVE-2020-16224,0.00080,0.24000
CVE-2020-6962,0.00900,0.75000
CVE-2020-6963,0.00700,0.71000
CVE-2021-27497,0.00070,0.21000
CVE-2022-26390,0.00050,0.15000
CVE-2022-26393,0.00090,0.27000
CVE-2023-30559,0.00060,0.18000
CVE-2023-30560,0.00050,0.15000
CVE-2023-30563,0.00110,0.30000
`

// nvdSample holds records of the web servers that the archive and the cameras run, in the
// shape of the NVD API 2.0.
const nvdSample = `{
  "resultsPerPage": 3, "startIndex": 0, "totalResults": 3, "format": "NVD_CVE", "version": "2.0", "timestamp": "2026-03-01T00:00:00.000",
  "vulnerabilities": [
    {"cve": {"id": "CVE-2016-8735", "sourceIdentifier": "ward-example", "published": "2017-04-06T21:59:00.000", "lastModified": "2026-03-01T00:00:00.000", "vulnStatus": "Analyzed",
      "descriptions": [{"lang": "en", "value": "Tomcat with the listener for remote management (JMX) runs code of whoever reaches its ports."}],
      "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}]},
      "weaknesses": [{"source": "nvd@nist.gov", "type": "Primary", "description": [{"lang": "en", "value": "CWE-284"}]}],
      "configurations": [{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
        {"vulnerable": true, "criteria": "cpe:2.3:a:apache:tomcat:*:*:*:*:*:*:*:*", "versionStartIncluding": "8.0.0", "versionEndExcluding": "8.0.39", "matchCriteriaId": "00000000-0000-4000-8000-000000000001"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:apache:tomcat:*:*:*:*:*:*:*:*", "versionStartIncluding": "8.5.0", "versionEndExcluding": "8.5.7", "matchCriteriaId": "00000000-0000-4000-8000-000000000002"}]}]}]}},
    {"cve": {"id": "CVE-2020-1938", "sourceIdentifier": "ward-example", "published": "2020-02-24T22:15:00.000", "lastModified": "2026-03-01T00:00:00.000", "vulnStatus": "Analyzed",
      "descriptions": [{"lang": "en", "value": "The AJP connector of Tomcat trusts whoever reaches it and gives out or runs files."}],
      "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}]},
      "configurations": [{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
        {"vulnerable": true, "criteria": "cpe:2.3:a:apache:tomcat:*:*:*:*:*:*:*:*", "versionStartIncluding": "7.0.0", "versionEndExcluding": "7.0.100", "matchCriteriaId": "00000000-0000-4000-8000-000000000003"},
        {"vulnerable": true, "criteria": "cpe:2.3:a:apache:tomcat:*:*:*:*:*:*:*:*", "versionStartIncluding": "8.5.0", "versionEndExcluding": "8.5.51", "matchCriteriaId": "00000000-0000-4000-8000-000000000004"}]}]}]}},
    {"cve": {"id": "CVE-2021-40438", "sourceIdentifier": "ward-example", "published": "2021-09-16T15:15:00.000", "lastModified": "2026-03-01T00:00:00.000", "vulnStatus": "Analyzed",
      "descriptions": [{"lang": "en", "value": "A request path of a certain shape makes mod_proxy forward the request to a host that the remote user chooses."}],
      "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H", "baseScore": 9.0, "baseSeverity": "CRITICAL"}}]},
      "weaknesses": [{"source": "nvd@nist.gov", "type": "Primary", "description": [{"lang": "en", "value": "CWE-918"}]}],
      "configurations": [{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
        {"vulnerable": true, "criteria": "cpe:2.3:a:apache:http_server:*:*:*:*:*:*:*:*", "versionEndIncluding": "2.4.48", "matchCriteriaId": "00000000-0000-4000-8000-000000000005"}]}]}]}}
  ]
}
`

// ssvcSample is a record with the decision points of an authorised data publisher.
const ssvcSample = `{
  "dataType": "CVE_RECORD", "dataVersion": "5.1",
  "cveMetadata": {"cveId": "CVE-2019-0708", "assignerOrgId": "00000000-0000-4000-8000-000000000000", "state": "PUBLISHED", "datePublished": "2019-05-16T18:17:00.000Z"},
  "containers": {
    "cna": {"providerMetadata": {"orgId": "00000000-0000-4000-8000-000000000000", "shortName": "ward-example"},
      "descriptions": [{"lang": "en", "value": "Code sent to the remote desktop service runs without a login (BlueKeep)."}],
      "affected": [{"vendor": "Microsoft", "product": "Remote Desktop Services", "versions": [{"version": "unspecified", "status": "affected"}]}]},
    "adp": [{"title": "CISA ADP Vulnrichment", "providerMetadata": {"orgId": "134c704f-9b21-4f2e-91b3-4a467353bcc0", "shortName": "CISA-ADP"},
      "metrics": [{"other": {"type": "ssvc", "content": {"id": "CVE-2019-0708", "role": "CISA Coordinator", "version": "2.0.3", "timestamp": "2025-02-04T00:00:00.000000Z",
        "options": [{"Exploitation": "active"}, {"Automatable": "yes"}, {"Technical Impact": "total"}]}}}]}]
  }
}
`
