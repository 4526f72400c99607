"""Groups that are put into other groups by hand."""

from __future__ import annotations

from sandbox.cloud.edit_body import Place
from sandbox.directory.group_routes import GroupEdit, named_group
from sandbox.kernel.bodies import Text
from sandbox.kernel.model import Json


class GroupNestedEdit(GroupEdit):
    """A group is put into another, or taken out."""

    #: Name of the group that is put.
    inner: Text
    is_member: bool = True

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it."""
        return {
            "group_id": named_group(place.organization, self.name).group_id,
            "name": self.name,
            "inner_id": named_group(place.organization, self.inner).group_id,
            "inner_name": self.inner,
            "is_member": self.is_member,
        }
