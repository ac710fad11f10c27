from __future__ import annotations

import pytest

from vowelscope.core.errors import ConfigError
from vowelscope_training.config import PRESETS, load_config

GOOD = """
name = "t"
[features]
f_max_hz = 4000.0
[[stages]]
architecture = "resnet26"
columns = 64
steps = 10
lr = 1e-3
[[stages]]
architecture = "resnet101"
columns = 224
steps = 4
lr = 1e-4
"""


@pytest.mark.parametrize("name", sorted(p.stem for p in PRESETS.glob("*.toml")))
def test_every_preset_is_sound(name):
    config = load_config(name)
    assert config.name == name
    config = config.resolved(1000)
    assert config.total_steps == sum(stage.steps for stage in config.stages) > 0


def test_the_paper_s_presets_are_as_its_text_has_them():
    for name, f_max_hz, classes in (
        ("paper-1", 11025.0, "vowels5"),
        ("paper-2", 4000.0, "vowels5"),
        ("paper-3", 4000.0, "voicing"),
    ):
        config = load_config(name)
        assert (config.features.f_max_hz, config.classes) == (f_max_hz, classes)
        assert config.features.time_rule == "stretch" and config.start == "imagenet"
        assert (config.batch, config.sampling, config.schedule) == (32, "shuffled", "constant")
        (stage,) = config.stages
        assert (stage.architecture, stage.columns, stage.lr) == ("resnet101", 224, 1e-4)
        # 70 % of 79,269 tokens, 20 times over.
        assert config.resolved(55488).total_steps == 20 * 1734


def test_steps_are_scaled_but_never_to_nothing(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(GOOD)
    assert [stage.steps for stage in load_config(str(path), 0.5).stages] == [5, 2]
    assert [stage.steps for stage in load_config(str(path), 0.001).stages] == [1, 1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "t"', 'name = "t"\nspeed = 3', "unknown key speed"),
        ("f_max_hz = 4000.0", "f_max_hz = 4.0", "f_max_hz = 4"),
        ("f_max_hz = 4000.0", "f_maximum = 4000.0", "f_maximum"),
        ('"resnet101"', '"resnet1000"', "'resnet1000' is not one of"),
        ('"resnet101"', '"resnet26"', "only serves to grow from"),
        ('"resnet101"', '"resnet18"', "cannot grow into resnet18"),
        ("columns = 224", "columns = 300", "stage 2"),
        ("steps = 4\n", "", "stage 2"),
        ("lr = 1e-4", "lr = 0.0", "lr > 0"),
        ("lr = 1e-4", "lr = 1e-4\nepochs = 2", "stage 2: needs either steps or epochs"),
        ("lr = 1e-4", "lr = 1e-4\nmixup = -1", "mixup"),
        ('name = "t"', 'name = "t"\nstart = "noise"', "start 'noise' is not scratch, imagenet"),
        ('name = "t"', 'name = "t"\nstart = "file:"', "start 'file:' is not"),
        ('name = "t"', 'name = "t"\nsampling = "odd"', "'odd' is not balanced or shuffled"),
        ('name = "t"', "name = ", "not a TOML file"),
    ],
)
def test_a_wrong_preset_is_refused_with_its_place(tmp_path, old, new, said):
    path = tmp_path / "wrong.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigError, match=said) as error:
        load_config(str(path))
    assert "wrong.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_preset_names_those_that_there_are():
    with pytest.raises(ConfigError, match="vowels-8k"):
        load_config("no-such-preset")


def test_another_network_takes_the_place_of_every_stage_s(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(GOOD)
    config = load_config(str(path), architecture="resnet50")
    assert [stage.architecture for stage in config.stages] == ["resnet50", "resnet50"]
    with pytest.raises(ConfigError, match="'resnet7' is not one of"):
        load_config(str(path), architecture="resnet7")
    path.write_text(GOOD.replace('"t"', '"t"\ndilated = true'))
    with pytest.raises(ConfigError, match="resnet18 cannot have a dilated stage 4"):
        load_config(str(path), architecture="resnet18")
    path.write_text('name = "t"\nstages = 3\n')
    with pytest.raises(ConfigError, match=r"\[\[stages\]\]"):
        load_config(str(path), architecture="resnet18")
