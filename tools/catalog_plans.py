"""What the vendor's lists do not say about a plan: rank, aliases, retirement and invented prices.

Edited by hand. `tools/build_catalog.py` joins it with the vendor's lists.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanNotes:
    """What a person decided about one plan."""

    #: Order inside and across families when the data-service tiers tie (rules#which-plans-are-offered).
    rank: int
    #: Short names by which people know the plan.
    aliases: tuple[str, ...] = ()
    #: No longer sold, so it is a source but, outside the 2014 rules, no target.
    retired: bool = False
    #: (USD, EUR) per license and month in minor units where no list price is known.
    invented_prices: tuple[int, int] | None = None
    #: Part number where the vendor's list has none.
    part_number: str = ""
    #: Service plans that are known although the vendor's list has no such product.
    service_plan_names: tuple[str, ...] = ()


#: Name in the 2014 table (or today's name) -> notes.
PLAN_NOTES: dict[str, PlanNotes] = {
    "Office 365 Small Business": PlanNotes(
        rank=100, aliases=("P1", "Small Business"), retired=True, invented_prices=(500, 430)
    ),
    "Office 365 Small Business Premium": PlanNotes(
        rank=110, aliases=("P2", "Small Business Premium"), retired=True, invented_prices=(1250, 1080)
    ),
    "Office 365 Midsize Business": PlanNotes(
        rank=200, aliases=("Midsize", "Midsize Business"), retired=True, invented_prices=(1500, 1300)
    ),
    "Office 365 Enterprise E1": PlanNotes(rank=400, aliases=("E1", "Office 365 E1")),
    "Office 365 E2": PlanNotes(
        rank=410, aliases=("E2", "Office 365 Enterprise E2"), retired=True, invented_prices=(1400, 1210)
    ),
    "Office 365 Enterprise E3": PlanNotes(rank=500, aliases=("E3", "Office 365 E3")),
    "Office 365 Enterprise E4": PlanNotes(
        rank=600, aliases=("E4", "Office 365 E4"), retired=True, invented_prices=(2800, 2790)
    ),
    "Office 365 E5": PlanNotes(rank=700, aliases=("E5", "Office 365 Enterprise E5")),
    "Microsoft 365 E3": PlanNotes(rank=550, aliases=("M365 E3",)),
    "Microsoft 365 E5": PlanNotes(rank=800, aliases=("M365 E5",)),
    "Office 365 Enterprise K1": PlanNotes(
        rank=310,
        aliases=("K1", "F3", "Office 365 F1", "Office 365 F3", "Office 365 K1"),
        invented_prices=(400, 350),
    ),
    "Office 365 Enterprise K2": PlanNotes(
        rank=320,
        aliases=("K2", "Office 365 K2"),
        invented_prices=(600, 520),
        part_number="DESKLESSWOFFPACK",
    ),
    "Microsoft 365 F1": PlanNotes(rank=300, aliases=("F1", "M365 F1")),
    "Microsoft 365 F3": PlanNotes(rank=330, aliases=("M365 F3",)),
    "Exchange Online Kiosk": PlanNotes(rank=10, aliases=("Exchange Kiosk",), invented_prices=(200, 170)),
    "Exchange Online (Plan 1)": PlanNotes(rank=20, aliases=("Exchange Online Plan 1", "Exchange P1")),
    "Exchange Online (Plan 2)": PlanNotes(rank=30, aliases=("Exchange Online Plan 2", "Exchange P2")),
    "SharePoint Online (Plan 1)": PlanNotes(
        rank=20, aliases=("SharePoint Online Plan 1", "SharePoint P1"), invented_prices=(500, 430)
    ),
    "SharePoint Online (Plan 2)": PlanNotes(
        rank=30, aliases=("SharePoint Online Plan 2", "SharePoint P2"), invented_prices=(1000, 870)
    ),
    "Lync Online (Plan 1)": PlanNotes(
        rank=10, aliases=("Lync Online Plan 1", "Lync P1"), retired=True, invented_prices=(200, 170)
    ),
    "Lync Online (Plan 2)": PlanNotes(
        rank=20, aliases=("Lync Online Plan 2", "Lync P2"), retired=True, invented_prices=(550, 480)
    ),
    "Lync Online (Plan 3)": PlanNotes(
        rank=30,
        aliases=("Lync Online Plan 3", "Lync P3"),
        invented_prices=(800, 690),
        part_number="MCOVOICECONF",
        service_plan_names=("MCOVOICECONF",),
    ),
    "Office 365 Education A1": PlanNotes(
        rank=100, aliases=("A1", "Office 365 A1", "A1 for faculty"), invented_prices=(0, 0)
    ),
    "Office 365 Education A2": PlanNotes(
        rank=110, aliases=("A2", "Office 365 A2"), invented_prices=(100, 90), part_number="EDUCATION_A2"
    ),
    "Office 365 Education A3": PlanNotes(
        rank=200, aliases=("A3", "Office 365 A3", "A3 for faculty"), invented_prices=(325, 280)
    ),
    "Office 365 Education A4": PlanNotes(
        rank=300, aliases=("A4", "Office 365 A4"), invented_prices=(450, 390), part_number="EDUCATION_A4"
    ),
    "Office Online with SharePoint Plan 1 or 2 (edu)": PlanNotes(
        rank=50,
        aliases=("Office Online with SharePoint Plan 1 or 2", "Office Online with SharePoint"),
        invented_prices=(0, 0),
        part_number="EDUCATION_OFFICE_ONLINE",
    ),
    "Microsoft 365 Business Basic": PlanNotes(rank=150, aliases=("Business Basic", "Business Essentials")),
    "Microsoft 365 Business Standard": PlanNotes(rank=220, aliases=("Business Standard",)),
    "Microsoft 365 Business Premium": PlanNotes(rank=260, aliases=("Business Premium",)),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanionNotes:
    """A product that organizations hold next to their plan."""

    plan_id: str
    #: `addon` extends a plan, `other` stands alone.
    kind: str
    aliases: tuple[str, ...] = ()
    invented_prices: tuple[int, int] | None = None


COMPANIONS: tuple[CompanionNotes, ...] = (
    CompanionNotes(plan_id="efccb6f7-5641-4e0e-bd10-b4976e1bf68e", kind="other", aliases=("EMS E3",)),
    CompanionNotes(
        plan_id="c5928f49-12ba-48f7-ada3-0d743a3601d5",
        kind="other",
        aliases=("Visio",),
        invented_prices=(1500, 1310),
    ),
    CompanionNotes(
        plan_id="53818b1b-4a27-454b-8896-0dba576410e6",
        kind="other",
        aliases=("Project Plan 3", "Project"),
        invented_prices=(3000, 2610),
    ),
    CompanionNotes(plan_id="f8a1db68-be16-40ed-86d5-cb42ce701560", kind="other"),
    CompanionNotes(plan_id="e43b5b99-8dfb-405f-9987-dc307f34bcbd", kind="addon", aliases=("Teams Phone",)),
    CompanionNotes(
        plan_id="0c266dff-15dd-4b49-8397-2bb16070ed52",
        kind="addon",
        aliases=("Audio Conferencing",),
        invented_prices=(400, 350),
    ),
    CompanionNotes(
        plan_id="ee02fd1b-340e-4a4b-b355-4a514e4c8943",
        kind="addon",
        aliases=("Exchange Online Archiving",),
        invented_prices=(300, 260),
    ),
    CompanionNotes(
        plan_id="4ef96642-f096-40de-a3e9-d83fb2f90211",
        kind="addon",
        aliases=("Defender for Office 365",),
        invented_prices=(200, 170),
    ),
    CompanionNotes(
        plan_id="99049c9c-6011-4908-bf17-15f496e6519d",
        kind="addon",
        aliases=("Extra File Storage",),
        invented_prices=(20, 17),
    ),
)
