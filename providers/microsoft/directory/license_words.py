"""The vendor's words for failures of licenses, and what earlier versions stored (rules#license-failures).

Handed to whoever reads the record: rows and events of before hold these words, newer ones the codes.
"""

from __future__ import annotations

from domain.licenses.license_failures import VendorWords
from domain.licenses.preflight import DEPENDENT_OFF, FED_BY_GROUP
from domain.ports.directory_port import LicenseFailureCode

#: The directory's word, in `licenseAssignmentStates` and in documents -> our code.
LICENSE_WORDS = {
    "CountViolation": LicenseFailureCode.NO_LICENSE_FREE,
    "MutuallyExclusiveViolation": LicenseFailureCode.SERVICES_EXCLUDE,
    "DependencyViolation": LicenseFailureCode.NEEDED_SERVICE_OFF,
    "ProhibitedInUsageLocationViolation": LicenseFailureCode.LOCATION_NOT_SERVED,
    "UniquenessViolation": LicenseFailureCode.ADDRESS_TAKEN,
    "Other": LicenseFailureCode.OTHER,
}
#: Words of our own that were stored beside the vendor's.
_STORED_WORDS = {
    "AccessExpired": LicenseFailureCode.ACCESS_EXPIRED,
    "Concurrency": LicenseFailureCode.USER_BUSY,
    "GroupInherited": LicenseFailureCode.LICENSE_FROM_GROUP,
    "LicenseInactive": LicenseFailureCode.LICENSE_INACTIVE,
    "NoWorkingLicense": LicenseFailureCode.NO_WORKING_LICENSE,
    "NotHeld": LicenseFailureCode.NOT_HELD,
    "PermissionMissing": LicenseFailureCode.PERMISSION_MISSING,
    "PlanNotAssignable": LicenseFailureCode.PLAN_NOT_ASSIGNABLE,
    "PlanNotOwned": LicenseFailureCode.PLAN_NOT_OWNED,
    "ServiceNotInPlan": LicenseFailureCode.SERVICE_NOT_IN_PLAN,
    "Throttled": LicenseFailureCode.THROTTLED,
    "Unavailable": LicenseFailureCode.UNAVAILABLE,
    "UserDeleted": LicenseFailureCode.USER_GONE,
}
VENDOR_WORDS = VendorWords(
    stored={
        **LICENSE_WORDS,
        **_STORED_WORDS,
        "GroupFed": FED_BY_GROUP,
        "DependentServiceOff": DEPENDENT_OFF,
    },
    words={code: word for word, code in LICENSE_WORDS.items()},
)
