import pytest

from electionlab.crawler import world


def test_the_same_seed_makes_the_same_sites_and_another_one_others():
    assert world.make(100, seed=3) == world.make(100, seed=3)
    assert world.make(100, seed=3) != world.make(100, seed=4)


def test_a_hundred_sites_have_names_of_their_own_and_each_trouble_is_among_them():
    sites = world.make(100)
    assert len({site.host for site in sites}) == 100
    assert {site.trouble for site in sites} == set(world.TROUBLES) - {world.POISON}
    assert {site.kind for site in sites} == set(world.KINDS)


def test_without_troubles_all_can_be_read():
    assert {site.trouble for site in world.make(50, troubles=False)} == {"none"}


def test_each_article_of_a_site_has_an_address_of_its_own():
    for site in world.make(100):
        assert len({site.address(story) for story in site.stories}) == 5


def test_there_are_not_names_for_any_number_of_sites():
    with pytest.raises(ValueError, match="names for 162 sites, not for 163"):
        world.make(163)


def test_what_a_robots_txt_forbids():
    sites = {site.trouble: site for site in world.make(25)}
    assert sites["none"].forbids("/private/diary")
    assert not sites["none"].forbids("/2026/1")
    for busy in "robots 503", "robots 429":
        assert sites[busy].forbids("/2026/1")
        assert not sites[busy].forbids("/robots.txt")
