"""How well the right answer is found: sets, measures, runner, report."""
