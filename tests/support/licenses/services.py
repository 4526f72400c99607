"""Ids of services that tests switch off."""

from __future__ import annotations

SHAREPOINT = "c7699d2e-19aa-44de-8edf-1736da088ca1"
SHAREPOINT_OF_TARGET = "5dbe027f-2339-4123-9542-606e4d348a72"
#: Office for the web, of both plans, which the directory gives only beside SharePoint.
WEB = "e95bec33-7c88-4a70-8e19-b10bd9d0c014"
